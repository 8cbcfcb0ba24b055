// The limits of a conversation with an authority, and what a test replaces.
namespace MailFunctions.Acme;

/// <summary>How much and how long: nothing that an authority sends or withholds costs more.</summary>
internal static class AcmeLimits
{
    /// <summary>Octets of an answer; a chain of ten certificates has a tenth of it.</summary>
    public const int Answer = 256 * 1024;

    /// <summary>Characters of a foreign text that is repeated.</summary>
    public const int ForeignText = 300;

    /// <summary>Names in one certificate: some authorities take 100, mail needs a few.</summary>
    public const int Names = 20;

    /// <summary>Certificates in a chain.</summary>
    public const int Chain = 10;

    /// <summary>How often one request is made whose nonce is not taken (RFC 8555 6.5).</summary>
    public const int Attempts = 4;

    /// <summary>For one request and its answer.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(30);

    /// <summary>From the order to the certificate, below the 8 minutes that a function has.</summary>
    public static readonly TimeSpan Order = TimeSpan.FromMinutes(6);

    /// <summary>For taking the proofs away again, whatever became of the order.</summary>
    public static readonly TimeSpan Withdrawal = TimeSpan.FromSeconds(30);

    /// <summary>The wait where the authority asks for none.</summary>
    public static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(3);

    /// <summary>The shortest wait, whatever it asks for.</summary>
    public static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, whatever it asks for.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
}

/// <summary>What a test replaces.</summary>
public sealed record AcmeSeams
{
    /// <summary>The time of certificates, limits and waits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Waits between two looks; null for a delay by <see cref="Clock"/>.</summary>
    public Func<TimeSpan, CancellationToken, Task>? Wait { get; init; }

    /// <summary>Waits.</summary>
    internal Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        Wait is { } wait ? wait(time, cancellationToken) : Task.Delay(time, Clock, cancellationToken);
}
