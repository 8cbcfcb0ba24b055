// One attempt to hand a message over to one destination.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Looks for the way and goes it. Outcomes are recorded through the claim as they come. What storage throws comes through, and then no final dot was
/// sent since the last record.
/// </summary>
internal sealed class RelayAttempt(MxRoute routes, RelaySessions sessions, IStoreClock storeClock, ILogger<RelayAttempt> log)
{
    /// <summary>Makes the attempt.</summary>
    /// <param name="claim">The destination, claimed.</param>
    /// <param name="taker">Who takes its mail.</param>
    /// <param name="budget">Its time; every wait ends with it.</param>
    /// <param name="cancellationToken">Drops the session.</param>
    public async Task<AttemptEnd> RunAsync(ClaimedDestination claim, Taker taker, TimeBudget budget, CancellationToken cancellationToken)
    {
        var row = claim.Row ?? throw new InvalidOperationException("A claimed destination has recipients.");
        switch (await routes.FindAsync(DomainName.Parse(row.Name), taker, cancellationToken))
        {
            case Route.Never(var status, var why):
                var failed = row.Recipients.ToDictionary(to => to.Address, Outcome (_) => new Outcome.Failed(status, why, null, null));
                log.Unroutable(claim.Ledger.Id, row.Name, status, why);
                PipelineMetrics.Bounced("unroutable", row.Recipients.Count);
                return await claim.ChangeAsync(ledger => LedgerTransitions.Conclude(ledger, row.Name, failed, storeClock.UtcNow), cancellationToken)
                    ? AttemptEnd.Ended.WithoutSession(null)
                    : new AttemptEnd.ClaimLost();
            case Route.Later(var status, var why):
                return AttemptEnd.Ended.WithoutSession(new Outcome.TryLater(status, why, null, null));
            case Route.Hosts(var hosts):
                return await new HostWalk(sessions, claim, row, taker, budget, storeClock, log).RunAsync(hosts, cancellationToken);
            default:
                throw new UnreachableException();
        }
    }
}
