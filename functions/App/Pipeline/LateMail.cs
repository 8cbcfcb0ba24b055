// Moves mail that arrived for removed accounts to the postmaster.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Mail that was accepted for an account just before it was removed still arrives in its mailbox, where nobody reads it. Each such copy is stored in
/// the postmaster's mailbox under the same uid, then deleted; a move cut off in between is completed later. Only copies that have settled are touched,
/// since delivery could bring the others back. Throws <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
internal sealed class LateMail(IRemovedAccounts removedAccounts, IMailboxStore mailboxes, ISpool spool, IStoreClock clock, ILogger<LateMail> log)
{
    // While its spool blob is there a copy may be delivered again; and a worker that read the blob just before it went may have the message in its hands
    // for a moment: hence the age.
    private static readonly TimeSpan SettledAge = TimeSpan.FromMinutes(10);

    /// <summary>Moves all there is, or as much as the time allows.</summary>
    public async Task MoveAsync(TimeBudget budget, CancellationToken cancellationToken)
    {
        await foreach (var removed in removedAccounts.ListAsync(cancellationToken))
        {
            await foreach (var entry in mailboxes.ListAsync(removed.Account.Address, cancellationToken))
            {
                if (budget.IsSpent)
                    return;
                if (entry.IsTombstone || entry.CreatedAt <= removed.Account.RemovedAt || clock.UtcNow - entry.CreatedAt < SettledAge
                    || await spool.ExistsAsync(entry.Uid, cancellationToken))
                    continue;
                if (removed.Postmaster is { } postmaster)
                    await MoveAsync(removed.Account.Address, postmaster, entry, cancellationToken);
                else
                    log.LateMailWithoutPostmaster(entry.Uid, removed.Account.Address);
            }
        }
    }

    private async Task MoveAsync(EmailAddress account, EmailAddress postmaster, MailboxEntry entry, CancellationToken cancellationToken)
    {
        if (await mailboxes.OpenAsync(account, entry.Uid, cancellationToken) is not { } copy)
            return; // another sweep has moved it
        await using (copy)
        {
            // The copy has its Return-Path and Delivered-To already, and keeps them: the postmaster sees whom it was for.
            if (await mailboxes.BeginAsync(postmaster, entry.Uid, ReadOnlyMemory<byte>.Empty, cancellationToken) is { } upload)
                await BlockCopy.RunAsync(Counted(copy, entry.Length), new SummaryTap(log), [upload], cancellationToken);
        }
        await mailboxes.DeleteAsync(account, entry.Uid, cancellationToken);
        log.MovedLateMail(entry.Uid, account, postmaster);
    }

    // A stream that ends early must not pass for the whole message, since the original is deleted after it.
    private static Func<Memory<byte>, CancellationToken, ValueTask<int>> Counted(Stream copy, long length)
    {
        var total = 0L;
        return async (buffer, cancellationToken) =>
        {
            var count = await copy.ReadAsync(buffer, cancellationToken);
            total += count;
            if (count == 0 && total != length)
                throw new StoreUnavailableException($"A mailbox copy ended after {total} of {length} octets.", null);
            return count;
        };
    }
}
