// Makes whoever guesses passwords wait, and not the owner of the account that is guessed at.
using System.Net;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>
/// Failures counted by client and by account, whether or not the account exists. Where an account has logged in from before, only what fails for this
/// account from there is counted, and the wait is short: nobody elsewhere can lock its owner out, and a neighbour behind the same address can only
/// slow him. A hidden address is no address: then failures count by account alone.
/// </summary>
internal sealed class LoginBackoff(LoginOptions options, TimeProvider time)
{
    private const int Capacity = 16_384;
    private static readonly TimeSpan LongestForKnown = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LeakyCounts<IPAddress> _byClient = new(options.BackoffMax, Capacity, time);
    private readonly LeakyCounts<EmailAddress> _byAccount = new(options.BackoffMax, Capacity, time);
    private readonly LeakyCounts<(EmailAddress Account, IPAddress? Client)> _byKnown = new(LongestForKnown, Capacity, time);
    private readonly KnownClients _known = new(time);

    /// <summary>How long an attempt must still wait; zero if it may be checked.</summary>
    public TimeSpan WaitOf(LoginAttempt attempt)
    {
        lock (_lock)
        {
            if (attempt.Account is { } account)
            {
                if (_known.Contains(account, attempt.Customer))
                    return Remaining(_byKnown.Last((account, attempt.Customer)), LongestForKnown);
                var byAccount = Remaining(_byAccount.Last(account), options.BackoffMax);
                if (byAccount > TimeSpan.Zero)
                    return byAccount;
            }
            return attempt.Customer is { } client ? Remaining(_byClient.Last(client), options.BackoffMax) : TimeSpan.Zero;
        }
    }

    /// <summary>Whether the account has logged in from there before.</summary>
    public bool IsKnown(LoginAttempt attempt)
    {
        lock (_lock)
            return attempt.Account is { } account && _known.Contains(account, attempt.Customer);
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(LoginAttempt attempt)
    {
        lock (_lock)
        {
            if (attempt.Account is { } account)
            {
                if (_known.Contains(account, attempt.Customer))
                {
                    _byKnown.Add((account, attempt.Customer));
                    return;
                }
                _byAccount.Add(account);
            }
            if (attempt.Customer is { } client)
                _byClient.Add(client);
        }
    }

    /// <summary>
    /// Remembers from where an account has logged in. It takes no failure back: whoever has an account of his own could else guess at others' between
    /// two logins.
    /// </summary>
    public void Succeed(LoginAttempt attempt)
    {
        lock (_lock)
        {
            if (attempt.Account is { } account)
                _known.Add(account, attempt.Customer);
        }
    }

    private TimeSpan Remaining((double Level, TimeSpan Ago) failures, TimeSpan longest)
    {
        var beyond = (int)Math.Ceiling(failures.Level) - options.BackoffAfter;
        if (beyond < 0)
            return TimeSpan.Zero;
        var wait = Math.Min(options.BackoffFirst.TotalSeconds * Math.Pow(2, beyond), Math.Min(longest.TotalSeconds, options.BackoffMax.TotalSeconds));
        var remaining = TimeSpan.FromSeconds(wait) - failures.Ago;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }
}
