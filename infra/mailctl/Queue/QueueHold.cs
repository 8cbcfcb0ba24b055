// mailctl queue hold
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Keeps mail back until it is released.</summary>
internal sealed class QueueHold() : QueueVerb("hold", "Keeps mail back: nothing is attempted until it is released.", "mailctl queue hold --domain example.net")
{
    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        ChangeAsync(new RowChange("held", Decide), arguments, stores, cancellationToken);

    private static RowDecision Decide(LedgerDestination row, DateTimeOffset now) => row.State == DestinationState.Held
        ? new RowDecision.Keep()
        : new RowDecision.Replace(row with { State = DestinationState.Held, Claim = null });
}
