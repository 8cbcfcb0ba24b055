// Derives keys of passwords, never so many at once that mail would have to wait.
using System.Threading.RateLimiting;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>The gate before the derivations, each of which takes a hundredth of a second of a core on purpose: one core is always left for mail.</summary>
internal sealed class PasswordHashing : IAsyncDisposable
{
    private const int QueueOfCore = 32;

    private readonly Func<ScramVerifier, ReadOnlyMemory<byte>, bool> _verify;
    private readonly ConcurrencyLimiter _gate;

    /// <summary>For this machine.</summary>
    public PasswordHashing()
        : this(Math.Max(1, Environment.ProcessorCount - 1), (verifier, password) => verifier.Verify(password.Span))
    {
    }

    /// <summary>With another way to verify, for tests that count or hold derivations.</summary>
    internal PasswordHashing(int cores, Func<ScramVerifier, ReadOnlyMemory<byte>, bool> verify)
    {
        Cores = cores;
        _verify = verify;
        _gate = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = cores,
            QueueLimit = QueueOfCore * cores,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>How many derivations may run at once.</summary>
    public int Cores { get; }

    /// <summary>Whether the password is the verifier's; null if too many others wait to be checked.</summary>
    public async Task<bool?> VerifyAsync(ScramVerifier verifier, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        using var permit = await _gate.AcquireAsync(1, cancellationToken);
        return permit.IsAcquired ? await Task.Run(() => _verify(verifier, password), cancellationToken) : null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _gate.DisposeAsync();
}
