// What relaying takes from outside besides stores, time and network: chance.
using System.Security.Cryptography;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Everything by which two runs could differ; a test replaces it and can then replay a run.</summary>
internal sealed record RelaySeams
{
    /// <summary>A fresh name for the holder of a claim.</summary>
    public Func<string> Nonce { get; init; } = static () => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>A number from zero to below its argument, for the order of equal exchangers.</summary>
    public Func<int, int> Below { get; init; } = RandomNumberGenerator.GetInt32;
}
