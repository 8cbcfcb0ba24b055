// What all targets have in common: the loop over seeds, and the words for a failure.
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MailFunctions.Fuzz;

/// <summary>
/// A part of the gateway that is played bent sessions. <c>FUZZ_SECONDS</c> says for how long, <c>FUZZ_SEED</c> with which input to begin, and
/// <c>FUZZ_ONLY</c> that there is to be no other.
/// </summary>
public abstract class Target
{
    /// <summary>For how long it runs where <c>FUZZ_SECONDS</c> does not say; all targets together, two at a time, two minutes.</summary>
    protected virtual int Seconds => 52;

    /// <summary>Sessions as they were recorded: what the client sent, each character an octet.</summary>
    protected abstract IReadOnlyList<string> Recorded { get; }

    /// <summary>Plays an input; throws if anything is not as it must be.</summary>
    protected abstract Task PlayAsync(IReadOnlyList<byte[]> pieces);

    [Fact]
    public async Task No_input_breaks_the_session()
    {
        foreach (var recorded in Recorded)
            await PlayAsync(Lines(recorded));
        var clock = Stopwatch.StartNew();
        var first = Setting("FUZZ_SEED", 0);
        var seed = first;
        do
        {
            var pieces = new Mutator(Recorded, new Random(seed)).Make();
            try
            {
                await PlayAsync(pieces);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Assert.Fail($"FUZZ_SEED={seed} FUZZ_ONLY=1: {error}\nThe input: {string.Join(" | ", pieces.Select(Show))}");
            }
            seed++;
        }
        while (Setting("FUZZ_ONLY", 0) == 0 && clock.Elapsed < TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", Seconds)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{seed - first} inputs");
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    private static List<byte[]> Lines(string recorded) =>
        [.. recorded.Split("\r\n").SkipLast(1).Select(line => Encoding.Latin1.GetBytes(line + "\r\n"))];

    private static string Show(byte[] piece) => string.Concat(piece.Select(octet => octet switch
    {
        (byte)'\r' => "\\r",
        (byte)'\n' => "\\n",
        >= 0x20 and <= 0x7e => ((char)octet).ToString(),
        _ => $"\\x{octet:x2}",
    }));
}
