// The log's lines: gathered, written together, and nobody waits for their reader.
using System.Text;
using MailFunctions.Rig;
using MailFunctions.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Watching;

public sealed class GatheredLinesTests
{
    private readonly FakeTime _clock = new();

    [Fact]
    public void Lines_of_one_moment_are_written_by_one_call()
    {
        using var stream = new Calls();
        using var lines = new GatheredLines(stream, _clock);
        Add(lines, "one");
        Add(lines, "two");
        Assert.Empty(stream.Written);
        _clock.Advance(GatheredLines.Moment);
        Assert.Equal(["one\ntwo\n"], stream.Written);
        Add(lines, "three");
        _clock.Advance(GatheredLines.Moment);
        Assert.Equal(["one\ntwo\n", "three\n"], stream.Written);
    }

    [Fact]
    public void A_warning_does_not_wait_and_takes_along_what_was_said_before_it()
    {
        using var stream = new Calls();
        using var lines = new GatheredLines(stream, _clock);
        Add(lines, "one");
        Add(lines, "look out", isUrgent: true);
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(["one\nlook out\n"], stream.Written);
    }

    [Fact]
    public void What_is_left_at_the_end_is_written_and_later_lines_are_not()
    {
        using var stream = new Calls();
        var lines = new GatheredLines(stream, _clock);
        Add(lines, "last");
        lines.Dispose();
        Add(lines, "too late");
        lines.Dispose();
        Assert.Equal(["last\n"], stream.Written);
    }

    [Fact]
    public async Task A_reader_that_has_stopped_holds_up_nobody_and_is_told_what_it_missed()
    {
        using var stream = new Calls { IsStuck = true };
        using var lines = new GatheredLines(stream, _clock);
        Add(lines, "stuck");
        var writing = Task.Run(() => _clock.Advance(GatheredLines.Moment), TestContext.Current.CancellationToken);
        stream.Entered.Wait(TestContext.Current.CancellationToken);
        var line = new string('x', 1_023);
        for (var number = 0; number < GatheredLines.Room / 1_024 + 11; number++)
            Add(lines, line);
        stream.Go.Set();
        await writing;
        _clock.Advance(GatheredLines.Moment);
        Assert.Equal("stuck\n", stream.Written[0]);
        var rest = string.Concat(stream.Written.Skip(1));
        Assert.Equal(GatheredLines.Room / 1_024 + 1, rest.Split('\n').Count(written => written == line));
        Assert.EndsWith("warn: 10 lines of the log are missing here: nobody read them in time\n", rest, StringComparison.Ordinal);
    }

    public static TheoryData<Exception> Failures => [new IOException("gone"), new UnauthorizedAccessException("closed"), new ObjectDisposedException("stream")];

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void A_reader_that_has_gone_costs_its_lines_only(Exception failure)
    {
        using var stream = new Calls { Failure = failure };
        using var lines = new GatheredLines(stream, _clock);
        Add(lines, "lost");
        _clock.Advance(GatheredLines.Moment);
        stream.Failure = null;
        Add(lines, "heard");
        _clock.Advance(GatheredLines.Moment);
        Assert.EndsWith("heard\n", string.Concat(stream.Written), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_go_to_the_other_stream_each_as_one_line()
    {
        using var output = new Calls();
        using var error = new Calls();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddGatheredConsole());
        using var provider = services.BuildServiceProvider();
        var formatter = provider.GetServices<Microsoft.Extensions.Logging.Console.ConsoleFormatter>().Single(found => found.Name == "simple");
        using (var console = new GatheredConsole(formatter, LogLevel.Warning, new GatheredLines(output, _clock), new GatheredLines(error, _clock)))
        {
            var logger = console.CreateLogger("Some.Category");
            logger.Log(LogLevel.Information, new EventId(7), "fine", null, (text, _) => text);
            logger.Log(LogLevel.Error, new EventId(8), "bad\nworse", new InvalidOperationException("why"), (text, _) => text);
        }
        Assert.Equal("info: Some.Category[7] fine\n", string.Concat(output.Written));
        var line = string.Concat(error.Written);
        Assert.Equal("fail: Some.Category[8] bad worse System.InvalidOperationException: why\n", line);
    }

    private static void Add(GatheredLines lines, string line, bool isUrgent = false) =>
        lines.Add(line, (text, writer) => writer.Write(text + "\n"), isUrgent);

    // Notes each call; can be stuck, or broken.
    private sealed class Calls : MemoryStream
    {
        public List<string> Written { get; } = [];

        public bool IsStuck { get; init; }

        public Exception? Failure { get; set; }

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Failure is not null)
                throw Failure;
            Entered.Set();
            if (IsStuck)
                Go.Wait();
            Written.Add(Encoding.UTF8.GetString(buffer));
        }

        protected override void Dispose(bool disposing)
        {
            Entered.Dispose();
            Go.Dispose();
            base.Dispose(disposing);
        }
    }
}
