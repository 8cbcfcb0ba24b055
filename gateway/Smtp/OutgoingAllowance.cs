// How many recipients elsewhere an account may write to in a day: what a stolen password is worth.
using System.Collections.Concurrent;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// Counts the different recipients at other domains that each account wrote to within 24 hours, in this process. A recipient that was written to
/// before within that time costs nothing more.
/// </summary>
internal sealed class OutgoingAllowance(GatewayOptions options, TimeProvider time)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<EmailAddress, Account> _accounts = new();

    /// <summary>Takes a recipient into account.</summary>
    /// <returns>False if the account has used up its day.</returns>
    public bool TryTake(EmailAddress account, EmailAddress recipient)
    {
        var counted = _accounts.GetOrAdd(account, _ => new Account());
        lock (counted)
        {
            var now = time.GetTimestamp();
            if (counted.Recipients.Count == 0 || time.GetElapsedTime(counted.Since, now) >= Day)
            {
                counted.Recipients.Clear();
                counted.Since = now;
            }
            if (counted.Recipients.Contains(recipient.Canonical))
                return true;
            return counted.Recipients.Count < options.Limits.NewRecipientsPerDay && counted.Recipients.Add(recipient.Canonical);
        }
    }

    // No more than the limit of recipients is ever kept, and no more accounts than the directory has.
    private sealed class Account
    {
        public long Since { get; set; }

        public HashSet<EmailAddress> Recipients { get; } = [];
    }
}
