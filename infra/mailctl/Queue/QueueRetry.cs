// mailctl queue retry
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Makes the next attempt due now. A destination that is down as a whole is still left alone until its time; the operator is told.</summary>
internal sealed class QueueRetry() : QueueVerb("retry", "Makes the next attempt now instead of later.", "mailctl queue retry --domain example.net")
{
    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var retried = new HashSet<string>(StringComparer.Ordinal);
        var change = new RowChange("retried", Decide)
        {
            WakesRelay = true,
            WakesReports = true,
            Record = (ledger, changed, _) =>
            {
                retried.UnionWith(changed.Select(row => row.Name));
                return ledger;
            },
        };
        var answer = await ChangeAsync(change, arguments, stores, cancellationToken);
        if (answer is not Answer.Done(var report, _))
            return answer;
        var now = stores.Clock.UtcNow;
        return new Answer.Done(report, await stores.Destinations.ListAsync(cancellationToken)
            .Where(breaker => breaker.Until > now && retried.Contains(breaker.Destination))
            .Select(breaker => $"{breaker.Destination} as a whole did not answer ({breaker.Failures} times in a row): "
                + $"it is not tried before {breaker.Until.ForPeople()}.")
            .ToListAsync(cancellationToken));
    }

    private static RowDecision Decide(LedgerDestination row, DateTimeOffset now) => row.State == DestinationState.Held
        ? new RowDecision.Refuse("it is held: 'mailctl queue release' lets it go.")
        : new RowDecision.Replace(row with { NextAttempt = RowChange.DueAtOnce(now), Claim = null });
}
