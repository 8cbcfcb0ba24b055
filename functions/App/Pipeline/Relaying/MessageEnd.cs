// Removes a message of which nothing remains to be done.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// The spool blob first, then the ledger: whoever finds a ledger without spool blob knows that it is left over. Throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached; doing it again goes on.
/// </summary>
internal sealed class MessageEnd(ISpool spool, ILedger ledger, ITrace trace, ILogger<MessageEnd> log)
{
    /// <summary>Removes the message and its ledger.</summary>
    public async Task RunAsync(SpoolId id, MessageOrigin origin, CancellationToken cancellationToken)
    {
        await RemoveFromSpoolAsync(spool, id, origin, cancellationToken);
        await ledger.DeleteAsync(id, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Finished) { Id = id });
        log.Finished(id);
    }

    /// <summary>Removes the message from the spool; a report leaves its mark, so that a late worker cannot make it again.</summary>
    public static Task RemoveFromSpoolAsync(ISpool spool, SpoolId id, MessageOrigin origin, CancellationToken cancellationToken) =>
        origin == MessageOrigin.Client ? spool.DeleteAsync(id, cancellationToken) : spool.LeaveMarkAsync(id, cancellationToken);
}
