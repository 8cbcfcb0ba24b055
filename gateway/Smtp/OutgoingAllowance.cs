// How much an account may send in a day: what a stolen password is worth.
using System.Collections.Concurrent;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// Counts, within 24 hours and in this process, the messages that each account began and the different recipients at other domains that it wrote to. A
/// recipient that was written to before within that time costs nothing more.
/// </summary>
internal sealed class OutgoingAllowance(GatewayOptions options, TimeProvider time)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<EmailAddress, Account> _accounts = new();

    /// <summary>Takes a message into account.</summary>
    /// <returns>False if the account has used up its day.</returns>
    public bool TryTakeMessage(EmailAddress account) => TryTake(account, today =>
    {
        if (today.Messages >= options.Limits.MessagesPerDay)
            return false;
        today.Messages++;
        return true;
    });

    /// <summary>Takes a recipient into account.</summary>
    /// <returns>False if the account has used up its day.</returns>
    public bool TryTake(EmailAddress account, EmailAddress recipient) => TryTake(account, today =>
        today.Recipients.Contains(recipient.Canonical)
        || (today.Recipients.Count < options.Limits.NewRecipientsPerDay && today.Recipients.Add(recipient.Canonical)));

    private bool TryTake(EmailAddress account, Func<Account, bool> take)
    {
        var now = time.GetTimestamp();
        var counted = _accounts.GetOrAdd(account, static (_, since) => new Account { Since = since }, now);
        lock (counted)
        {
            if (time.GetElapsedTime(counted.Since, now) >= Day)
            {
                counted.Messages = 0;
                counted.Recipients.Clear();
                counted.Since = now;
            }
            return take(counted);
        }
    }

    // No more than the limit of recipients is ever kept, and no more accounts than the directory has.
    private sealed class Account
    {
        public long Since { get; set; }

        public int Messages { get; set; }

        public HashSet<EmailAddress> Recipients { get; } = [];
    }
}
