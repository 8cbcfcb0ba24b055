// mailctl queue release
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Lets mail go that was held.</summary>
internal sealed class QueueRelease() : QueueVerb("release", "Lets mail go that is held; it is due at once.", "mailctl queue release --domain example.net")
{
    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        ChangeAsync(new RowChange("released", Decide) { WakesRelay = true }, arguments, stores, cancellationToken);

    private static RowDecision Decide(LedgerDestination row, DateTimeOffset now) => row.State == DestinationState.Due
        ? new RowDecision.Keep()
        : new RowDecision.Replace(row with { State = DestinationState.Due, NextAttempt = RowChange.DueAtOnce(now), Claim = null });
}
