// Drops messages, or what waits of them for one domain.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>
/// Takes out of the queue what nobody is to get and nobody is to hear of, whether it waits, is parked, or cannot be read any more. All methods throw
/// <see cref="StoreUnavailableException"/>; what was begun can be repeated.
/// </summary>
/// <param name="stores">The stores.</param>
/// <param name="only">The domain that it is confined to; null for whole messages, with the reports that are owed about them.</param>
/// <param name="log">Hears what was done and refused.</param>
internal sealed class MessageDrop(MailStores stores, DomainName? only, ChangeLog log)
{
    /// <summary>What is told of what was dropped.</summary>
    public const string Action = "dropped";

    private readonly LedgerChange _ledgers = new(
        stores, only, new RowChange(Action, (row, _) => new RowDecision.Replace(row with { Recipients = [] }))
        {
            Record = (ledger, _, _) => only is null && ledger is { Destinations.Count: 0, Owed.Count: > 0 } ? ledger with { Owed = [] } : ledger,
        }, log);

    /// <summary>Drops one message.</summary>
    public async Task RunAsync(SpoolId id, CancellationToken cancellationToken)
    {
        var reading = await stores.Ledgers.ReadAsync(id, cancellationToken);
        if (only is not null || reading is LedgerReading.Found or LedgerReading.UnknownVersion)
        {
            await _ledgers.RunAsync(id, reading, cancellationToken);
            return;
        }
        if (reading is LedgerReading.Missing && !await IsThereAsync(id, cancellationToken))
        {
            log.Refuse(id, null, "it is neither in the queue nor parked: 'mailctl queue list' and 'mailctl parked list' show what is.");
            return;
        }
        await new MessageRemoval(stores).RemoveUnreadableAsync(id, cancellationToken);
        log.Changed(id);
    }

    private async Task<bool> IsThereAsync(SpoolId id, CancellationToken cancellationToken) =>
        await stores.ParkedRecords.FindAsync(id.Text, cancellationToken) is not null || await stores.Spool.ExistsAsync(id, cancellationToken);
}
