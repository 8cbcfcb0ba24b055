// One attempt to hand a message over to one destination.
using System.Diagnostics;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.App.Pipeline.TlsReports;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Looks for the way and goes it. Outcomes are recorded through the claim as they come. What storage throws comes through, and then no final dot was
/// sent since the last record.
/// </summary>
/// <param name="routes">Where mail can be handed over.</param>
/// <param name="sessions">Sessions.</param>
/// <param name="storeClock">The storage service's clock.</param>
/// <param name="trace">What is noted of each attempt.</param>
/// <param name="log">The log.</param>
/// <param name="policies">What domains demand of those who bring their mail; null to ask for nothing.</param>
internal sealed class RelayAttempt(
    MxRoute routes, RelaySessions sessions, IStoreClock storeClock, ITrace trace, ILogger<RelayAttempt> log, StsPolicies? policies = null)
{
    /// <summary>Makes the attempt.</summary>
    /// <param name="claim">The destination, claimed.</param>
    /// <param name="taker">Who takes its mail.</param>
    /// <param name="budget">Its time; every wait ends with it.</param>
    /// <param name="cancellationToken">Drops the session.</param>
    public async Task<AttemptEnd> RunAsync(ClaimedDestination claim, Taker taker, TimeBudget budget, CancellationToken cancellationToken)
    {
        var row = claim.Row ?? throw new InvalidOperationException("A claimed destination has recipients.");
        var domain = DomainName.Parse(row.Name);
        if (policies is not null && taker is { Smarthost: null, Missing: null })
            taker = taker with { Policy = await policies.ForAsync(domain, cancellationToken) };
        switch (await routes.FindAsync(domain, taker, cancellationToken))
        {
            case Route.Never(var status, var why):
                var failed = row.Recipients.ToDictionary(to => to.Address, Outcome (_) => new Outcome.Failed(status, why, null, null));
                trace.Note(new TraceEntry(TraceKind.Attempted) { Id = claim.Ledger.Id, Destination = row.Name, Succeeded = false, Reply = $"{status} {why}" });
                log.Unroutable(claim.Ledger.Id, row.Name, status, why);
                PipelineMetrics.Bounced("unroutable", row.Recipients.Count);
                return await claim.ChangeAsync(ledger => LedgerTransitions.Conclude(ledger, row.Name, failed, storeClock.UtcNow), cancellationToken)
                    ? AttemptEnd.Ended.WithoutSession(null)
                    : new AttemptEnd.ClaimLost();
            case Route.Later(var status, var why):
                if (status == MxRoute.NotByPolicy && claim.Ledger.Origin == MessageOrigin.Client)
                    trace.Note(TlsNotes.NotNamed(row.Name));
                return AttemptEnd.Ended.WithoutSession(new Outcome.TryLater(status, why, null, null));
            case Route.Hosts(var hosts):
                return await new HostWalk(sessions, claim, row, taker, budget, storeClock, trace, log).RunAsync(hosts, cancellationToken);
            default:
                throw new UnreachableException();
        }
    }
}
