// Lays the listings of spool and ledger side by side.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>What spool and ledger show of one message; at least one of the two is not null.</summary>
internal readonly record struct SweepRow(SpoolId Id, SpoolEntry? Spool, LedgerEntry? Ledger);

/// <summary>Merges two listings that are ordered by id, reading no blob and keeping no more than a page of each in memory.</summary>
internal static class SpoolLedgerMerge
{
    /// <summary>A row per message that stands in either listing, in order of id.</summary>
    public static async IAsyncEnumerable<SweepRow> MergeAsync(
        IAsyncEnumerable<SpoolEntry> spool, IAsyncEnumerable<LedgerEntry> ledger, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var spooled = spool.GetAsyncEnumerator(cancellationToken);
        await using var ledgers = ledger.GetAsyncEnumerator(cancellationToken);
        // The ledgers first: a message whose ledger is made between the two listings is then seen as idle, which costs a hint, and never as gone.
        var hasLedger = await ledgers.MoveNextAsync();
        var hasSpooled = await spooled.MoveNextAsync();
        while (hasSpooled || hasLedger)
        {
            var order = !hasLedger ? -1 : !hasSpooled ? 1 : spooled.Current.Id.CompareTo(ledgers.Current.Id);
            yield return new SweepRow(
                order <= 0 ? spooled.Current.Id : ledgers.Current.Id,
                order <= 0 ? spooled.Current : null,
                order >= 0 ? ledgers.Current : null);
            if (order >= 0)
                hasLedger = await ledgers.MoveNextAsync();
            if (order <= 0)
                hasSpooled = await spooled.MoveNextAsync();
        }
    }
}
