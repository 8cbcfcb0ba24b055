// Runs many short sequences, each made from a seed of its own, and says how a failing one is run again.
using System.Globalization;

namespace MailFunctions.Protocol.Model;

/// <summary>
/// The loop around a model. <c>MODEL_SEQUENCES</c> says how many sequences there are, <c>MODEL_SEED</c> runs the one with that seed only.
/// </summary>
internal static class SeededRuns
{
    /// <summary>How many sequences are run if nobody says otherwise.</summary>
    public const int Usual = 200_000;

    /// <summary>Runs all of them, or the one that was asked for.</summary>
    /// <param name="run">Runs the sequence of a seed; says what is wrong, or null.</param>
    /// <returns>How many were run.</returns>
    public static async Task<int> RunAsync(Func<int, Task<string?>> run)
    {
        if (Read("MODEL_SEED") is { } only)
        {
            await CheckAsync(run, only);
            return 1;
        }
        var count = Read("MODEL_SEQUENCES") ?? Usual;
        for (var seed = 0; seed < count; seed++)
            await CheckAsync(run, seed);
        return count;
    }

    private static async Task CheckAsync(Func<int, Task<string?>> run, int seed)
    {
        string? trouble;
        try
        {
            trouble = await run(seed);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            trouble = error.ToString();
        }
        if (trouble is not null)
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"MODEL_SEED={seed}: {trouble}"));
    }

    private static int? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
