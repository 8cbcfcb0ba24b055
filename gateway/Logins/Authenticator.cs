// Checks logins: bounded work, and the same answer in the same time whether or not the account exists.
using System.Threading.RateLimiting;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Logins;

/// <summary>What came of a login.</summary>
internal abstract record LoginResult
{
    private LoginResult()
    {
    }

    /// <summary>The password is right.</summary>
    public sealed record Accepted(EmailAddress Account) : LoginResult;

    /// <summary>There is no such account, or the password is wrong; nobody is told which.</summary>
    public sealed record Refused : LoginResult;

    /// <summary>It cannot be checked now: too many logins at once, or the directory cannot be reached.</summary>
    public sealed record Unavailable(string Reason) : LoginResult;
}

/// <summary>
/// Verifies passwords for every protocol of this process. A check costs a tenth of a second of a core on purpose, so it must not be what an attacker
/// can make us spend: a token bucket stands before any hashing, and one core is always left for mail.
/// </summary>
internal sealed class Authenticator(IDirectory directory) : IAsyncDisposable
{
    private const int HashesPerSecondAndCore = 8;
    private static readonly int HashingCores = Math.Max(1, Environment.ProcessorCount - 1);

    private readonly TokenBucketRateLimiter _bucket = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 4 * HashesPerSecondAndCore * HashingCores,
        TokensPerPeriod = HashesPerSecondAndCore * HashingCores,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    private readonly ConcurrencyLimiter _hashing = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = HashingCores,
        QueueLimit = 4 * HashesPerSecondAndCore * HashingCores,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Checks a login.</summary>
    /// <param name="login">The name as the client gave it: the account's full address, in any ASCII case.</param>
    /// <param name="password">The password as octets of UTF-8.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LoginResult> LogInAsync(string login, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        using var token = _bucket.AttemptAcquire();
        if (!token.IsAcquired)
            return new LoginResult.Unavailable("too many logins");
        Account? account = null;
        try
        {
            if (EmailAddress.TryParse(login, out var address))
                account = await directory.FindAccountAsync(address.Canonical, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            return new LoginResult.Unavailable(error.Message);
        }
        if (account is { RemovedAt: not null })
            account = null;

        using var permit = await _hashing.AcquireAsync(1, cancellationToken);
        if (!permit.IsAcquired)
            return new LoginResult.Unavailable("too many logins");
        var verifier = account?.Verifier ?? ScramVerifier.Unmatchable;
        var right = await Task.Run(() => verifier.Verify(password.Span), cancellationToken);
        return right && account is not null ? new LoginResult.Accepted(account.Address) : new LoginResult.Refused();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _bucket.DisposeAsync();
        await _hashing.DisposeAsync();
    }
}
