// Checks logins: bounded work, and the same answer in the same time whether or not the account exists.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Logins;

/// <summary>What a login is to be checked against.</summary>
internal abstract record LoginSubject
{
    private LoginSubject()
    {
    }

    /// <summary>Check against this; without an account nothing is right, but the check must look the same.</summary>
    public sealed record Checkable(Account? Account, ScramVerifier Verifier) : LoginSubject;

    /// <summary>Nothing is checked now.</summary>
    public sealed record Uncheckable(LoginResult Result) : LoginSubject;
}

/// <summary>
/// Checks logins for every protocol of this process. Who has failed too often waits, before anything else is looked at; a password that was right a
/// moment ago is known; only then a token is taken and a key derived.
/// </summary>
internal sealed class Authenticator(IDirectory directory, PasswordHashing hashing, GatewayOptions options, TimeProvider time)
{
    private readonly LoginBackoff _backoff = new(options.Logins, time);
    private readonly HashingAllowance _allowance = new(hashing.Cores, time);
    private readonly RememberedPasswords _remembered = new(options.Logins, time);
    private readonly AbsentAccounts _absent = new(options.Logins);

    /// <summary>Whether mechanisms that bind logins to the channel are listed.</summary>
    public bool ListsChannelBinding => options.Logins.ChannelBinding;

    /// <summary>Checks a password, given as octets of UTF-8.</summary>
    public async Task<LoginResult> LogInAsync(LoginAttempt attempt, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        var subject = await FindAsync(attempt, cancellationToken);
        if (subject is LoginSubject.Uncheckable uncheckable)
            return uncheckable.Result;
        var (account, verifier) = (LoginSubject.Checkable)subject;
        if (account is not null && _remembered.IsRight(account.Address, verifier, password.Span))
            return Conclude(attempt, account, isRight: true);
        if (!_allowance.TryTake(attempt, _backoff.IsKnown(attempt)) || await hashing.VerifyAsync(verifier, password, cancellationToken) is not { } isRight)
            return new LoginResult.Unavailable("too many logins");
        if (isRight && account is not null)
            _remembered.Add(account.Address, verifier, password.Span);
        return Conclude(attempt, account, isRight);
    }

    /// <summary>What a login is to be checked against; for mechanisms that check by themselves and then say so to <see cref="Conclude"/>.</summary>
    public async ValueTask<LoginSubject> FindAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        if (_backoff.WaitOf(attempt) is var wait && wait > TimeSpan.Zero)
            return new LoginSubject.Uncheckable(new LoginResult.Delayed(wait));
        var absent = _absent.VerifierOf(attempt.Name);
        try
        {
            // Aliases are not asked: an alias is no login.
            var account = attempt.Account is { } address ? await directory.FindAccountAsync(address, cancellationToken) : null;
            return account is { RemovedAt: null } ? new LoginSubject.Checkable(account, account.Verifier) : new LoginSubject.Checkable(null, absent);
        }
        catch (StoreUnavailableException error)
        {
            return new LoginSubject.Uncheckable(new LoginResult.Unavailable(error.Message));
        }
    }

    /// <summary>Counts the outcome of a check, and says it.</summary>
    public LoginResult Conclude(LoginAttempt attempt, Account? account, bool isRight)
    {
        if (!isRight || account is null)
        {
            _backoff.Fail(attempt);
            return new LoginResult.Refused();
        }
        _backoff.Succeed(attempt);
        return new LoginResult.Accepted(account.Address);
    }
}
