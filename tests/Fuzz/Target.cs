// What all targets have in common: the loop over seeds, and the words for a failure.
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MailFunctions.Fuzz;

/// <summary>
/// What strangers send to, played bent input. <c>FUZZ_SECONDS</c> says for how long, <c>FUZZ_SEED</c> with which input to begin, and
/// <c>FUZZ_ONLY</c> that there is to be no other.
/// </summary>
public abstract class Target
{
    /// <summary>For how long it runs where <c>FUZZ_SECONDS</c> does not say; two targets run at a time.</summary>
    protected virtual int Seconds => 60;

    /// <summary>Sessions as they were recorded, what the client sent; or messages. Each character is an octet.</summary>
    protected abstract IReadOnlyList<string> Recorded { get; }

    /// <summary>What means something to the one that is played to, and is put in anywhere.</summary>
    protected virtual IReadOnlyList<string> Tokens =>
    [
        "\r\n.\r\n", "\n.\n", ".\r\n", "\0", "\xff", "..", " ", "<>", "<a@b.test>",
        "=", "*", "LAST", "BDAT 0 LAST\r\n", "RSET\r\n", "QUIT\r\n", "+0D+0A", "\"", "\\", "@", "[",
    ];

    /// <summary>Plays an input; throws if anything is not as it must be.</summary>
    protected abstract Task PlayAsync(IReadOnlyList<byte[]> pieces);

    [Fact]
    public async Task No_input_breaks_it()
    {
        foreach (var recorded in Recorded)
            await PlayAsync(Lines(recorded));
        var clock = Stopwatch.StartNew();
        var first = Setting("FUZZ_SEED", 0);
        var seed = first;
        do
        {
            var pieces = new Mutator(Recorded, Tokens, new Random(seed)).Make();
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
