// What becomes of sessions when the gateway is told to stop.
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Connections;

public sealed class GracefulStop
{
    private static readonly string[] ToContent = ["EHLO c.test", "MAIL FROM:<a@far.test>", "RCPT TO:<alice@us.test>"];

    [Theory]
    [InlineData("DATA", "body\r\n.\r\n")]
    [InlineData("BDAT 12 LAST", "body\r\nmore\r\n")]
    public async Task F34_a_message_on_its_way_is_taken_and_then_the_client_is_sent_away(string command, string content)
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = await InContentAsync(rig, command, content[..4]);
        client.RequestStop();
        time.Advance(TimeSpan.FromSeconds(20));
        await client.SendAsync(content[4..]);
        Assert.StartsWith("250 2.0.0 OK queued as ", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadReplyAsync());
        Assert.Single(rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData("DATA", 0)]
    [InlineData("BDAT 1000 LAST", 0)]
    [InlineData("DATA", 1)]
    public async Task F34_a_message_that_does_not_end_within_the_drain_is_not_taken(string command, int secondsEarly)
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(options => options.Limits.MinBytesPerSecond = 1, time: new EarlyTime(time, TimeSpan.FromSeconds(secondsEarly)));
        await using var client = await InContentAsync(rig, command, new string('x', 100));
        client.RequestStop();
        var end = client.ReadToEndAsync();
        var seconds = 0;
        for (; !end.IsCompleted; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(end, Task.Delay(10));
        }
        Assert.Equal("421 4.3.2 Service is restarting, try again soon\r\n", await end);
        Assert.InRange(seconds, 29 - secondsEarly, 40);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task F34_a_session_that_is_in_no_message_is_sent_away_at_once(int commands)
    {
        await using var rig = new SmtpRig(time: new ManualTime());
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var command in ToContent.Take(commands))
            Assert.StartsWith("250", await client.AskAsync(command), StringComparison.Ordinal);
        client.RequestStop();
        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadReplyAsync());
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    private static async Task<MemoryClient> InContentAsync(SmtpRig rig, string command, string begun)
    {
        var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var line in ToContent)
            await client.AskAsync(line);
        await client.SendAsync(command + "\r\n");
        if (command == "DATA")
            await client.ReadReplyAsync();
        await client.SendAsync(begun);
        await Task.Delay(50); // until the session waits for more
        return client;
    }

    // Timers that fire before their time, as those of a system may by a fraction of its tick.
    private sealed class EarlyTime(TimeProvider time, TimeSpan early) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new EarlyTimer(time.CreateTimer(callback, state, Earlier(dueTime), period), Earlier);

        private TimeSpan Earlier(TimeSpan due) => due > early ? due - early : due;
    }

    private sealed class EarlyTimer(ITimer timer, Func<TimeSpan, TimeSpan> earlier) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(earlier(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
