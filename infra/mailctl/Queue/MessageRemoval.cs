// Removes a whole message from the queue.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>
/// Removes a message in the order in which a relay ends one: the spool blob, then the ledger. All methods throw
/// <see cref="StoreUnavailableException"/>; cut off anywhere, the message is whole or a rest is left that the relay removes, and it can be repeated.
/// </summary>
internal sealed class MessageRemoval(MailStores stores)
{
    // As long as a relay's claim lasts: two removals of 15 seconds at most fit well in.
    private static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(90);

    /// <summary>Removes a message under a claim on all its destinations, so that no worker begins an attempt meanwhile.</summary>
    /// <returns>False if the ledger has changed since it was read.</returns>
    public async Task<bool> TryRemoveAsync(LedgerReading.Found found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (ledger, tag) = found;
        var claim = new DestinationClaim(stores.NewNonce(), now + ClaimTime);
        var claimed = ledger with { Destinations = [.. ledger.Destinations.Select(row => row with { Claim = claim })] };
        if (await stores.Ledgers.UpdateAsync(claimed, tag, cancellationToken) is null)
            return false;
        await RemoveAsync(ledger.Id, ledger.LeavesMark, cancellationToken);
        return true;
    }

    /// <summary>Removes a message that has no ledger, or none that can be read.</summary>
    public async Task RemoveUnreadableAsync(SpoolId id, CancellationToken cancellationToken)
    {
        var leavesMark = false;
        if (await stores.Spool.OpenAsync(id, cancellationToken) is SpoolOpening.Opened(var reader))
        {
            await using (reader)
                leavesMark = reader.Envelope.LeavesMark;
        }
        await RemoveAsync(id, leavesMark, cancellationToken);
    }

    private async Task RemoveAsync(SpoolId id, bool leavesMark, CancellationToken cancellationToken)
    {
        await stores.Spool.EndAsync(id, leavesMark, cancellationToken);
        await stores.Ledgers.DeleteAsync(id, cancellationToken);
        await stores.ParkedRecords.RemoveAsync(id.Text, cancellationToken);
    }
}
