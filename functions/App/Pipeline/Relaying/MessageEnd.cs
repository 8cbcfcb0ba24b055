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
    public async Task RunAsync(Ledger finished, CancellationToken cancellationToken)
    {
        await spool.EndAsync(finished.Id, finished.LeavesMark, cancellationToken);
        await ledger.DeleteAsync(finished.Id, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Finished) { Id = finished.Id });
        log.Finished(finished.Id);
    }
}
