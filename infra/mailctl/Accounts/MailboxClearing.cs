// Empties the mailbox of a removed account.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>
/// Deletes copies by the rule that POP3 follows: outright only where no delivery can bring the copy back, that is when it is older than ten minutes
/// and its message has left the spool; else a tombstone takes its place. Every method throws <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class MailboxClearing(IMailboxStore mailboxes, ISpool spool, IStoreClock clock, EmailAddress account)
{
    private const int CallsAtATime = 16;

    private static readonly TimeSpan DeliveryMayRepeat = TimeSpan.FromMinutes(10);

    /// <summary>The copies, tombstones too, that were there at a time.</summary>
    public async Task<IReadOnlyList<MailboxEntry>> ListAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        await mailboxes.ListAsync(account, cancellationToken).Where(entry => entry.CreatedAt <= until).ToListAsync(cancellationToken);

    /// <summary>Deletes these copies and no others.</summary>
    public async Task DeleteAsync(IReadOnlyList<MailboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return;
        // One list instead of a question for each copy: an id that is not in the spool now never will be again.
        var spooled = await spool.ListAsync("", cancellationToken).Select(entry => entry.Id).ToHashSetAsync(cancellationToken: cancellationToken);
        var settled = clock.UtcNow - DeliveryMayRepeat;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsAtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(entries, limits, async (entry, token) =>
        {
            if (entry.CreatedAt < settled && !spooled.Contains(entry.Uid))
                await mailboxes.DeleteAsync(account, entry.Uid, token);
            else if (!entry.IsTombstone)
                await mailboxes.BuryAsync(account, entry.Uid, token);
        });
    }
}
