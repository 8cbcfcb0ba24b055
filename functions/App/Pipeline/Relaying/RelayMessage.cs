// Stage: makes one attempt to relay a message to one destination, or finds out that there is nothing to do.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Telemetry;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Works on one destination of a ledger under a claim. May be run any number of times, at once and in any order. Throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached: then the claim runs out, and running again continues.
/// </summary>
internal sealed class RelayMessage(
    ISpool spool, ILedger ledgers, IParked parked, IDueIndex due, IStoreClock storeClock, SmarthostChoice smarthosts, RelayAttempt attempt, Reports reports, MessageEnd messageEnd,
    Breakers breakers, DestinationSlots slots, WorkGate gate, RelayOptions options, RelaySeams seams, TimeProvider time, ITrace trace, ILogger<RelayMessage> log)
{
    private const int MaxRaces = 20;

    private static readonly TimeSpan MaxAttempt = TimeSpan.FromMinutes(8);

    // For those who find all places at a destination taken.
    private static readonly TimeSpan Crowded = TimeSpan.FromSeconds(30);

    /// <summary>Does what a message of the queue <c>relay</c> asks for.</summary>
    public async Task<Ending> RunAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        switch (WorkItem.Read(text.Span))
        {
            case WorkItemReading.Item(var work) when work.Destination is not null:
                using (await (work.Poisoned < RouteMessage.AloneFrom ? gate.EnterAsync(cancellationToken) : gate.EnterAloneAsync(cancellationToken)))
                    return await RunAsync(work, work.Destination, cancellationToken);
            case WorkItemReading.Item:
                return await ParkTextAsync(text, "no destination", cancellationToken);
            case WorkItemReading.UnknownVersion(var version):
                log.UnknownWorkVersion(WorkQueue.Relay, version);
                return Ending.Done;
            case WorkItemReading.Unreadable(var reason):
                return await ParkTextAsync(text, reason, cancellationToken);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<Ending> RunAsync(WorkItem work, string destination, CancellationToken cancellationToken)
    {
        for (var race = 0; race < MaxRaces; race++)
        {
            switch (await ledgers.ReadAsync(work.Id, cancellationToken))
            {
                case LedgerReading.Missing:
                    log.FinishedBefore(work.Id);
                    return Ending.Done;
                case LedgerReading.UnknownVersion(var version):
                    log.UnknownLedgerVersion(work.Id, version);
                    return Ending.TryAgain;
                case LedgerReading.Damaged(var reason):
                    return await ParkAsync(work.Id, $"The ledger is damaged: {reason}", cancellationToken);
                case LedgerReading.Found found:
                    if (await WorkOnAsync(work, destination, found, cancellationToken) is { } ending)
                        return ending;
                    break; // another worker changed the ledger between the reading and the claim
            }
        }
        return await ComeBackAsync(work, destination, storeClock.UtcNow + Crowded, cancellationToken);
    }

    // Null if the ledger has changed and is to be read again.
    private async Task<Ending?> WorkOnAsync(WorkItem work, string destination, LedgerReading.Found found, CancellationToken cancellationToken)
    {
        var ledger = found.Ledger;
        if (work.Traceparent is null)
            MailSpans.LinkTo(ledger.Traceparent); // a retry, hours later perhaps
        if (ledger.IsFinished)
        {
            await messageEnd.RunAsync(ledger, cancellationToken);
            return Ending.Done;
        }
        if (destination == Ledger.ReportDestination)
            return ledger.Owed.Count == 0 ? Ending.Done : await reports.MakeAsync(ledger, found.Tag, cancellationToken);
        if (ledger.Find(destination) is not { State: DestinationState.Due } row)
        {
            log.NothingLeft(work.Id, destination);
            // A hint that comes again when its destination has ended may be that of a worker who died before the report: else that is the sweep's to find.
            return ledger.Owed.Count == 0 ? Ending.Done : await reports.MakeAsync(ledger, found.Tag, cancellationToken);
        }
        var now = storeClock.UtcNow;
        if (options.Hold)
            return await ComeBackAsync(work, destination, now + options.Retry.Interval, cancellationToken);
        if (row.Next > now)
            return await ComeBackAsync(work, destination, row.Next, cancellationToken);

        var taker = await smarthosts.ForAsync(DomainName.Parse(destination), cancellationToken);
        var site = taker.SiteFor(destination);
        using var slot = await slots.TakeAsync(site, cancellationToken);
        if (slot is null)
            return await ComeBackAsync(work, destination, now + Crowded, cancellationToken);
        var breaker = await breakers.AskAsync(site, cancellationToken);
        if (breaker is BreakerAnswer.Wait(var until, var isProbed))
        {
            if (!HasTurnedLate(ledger, row, now))
                return await ComeBackAsync(work, destination, WhileDown(ledger, row, now, until), cancellationToken);
            // What its sender would be told may be wrong in a moment; and it may be this very message that is being tried, under a hint that came twice.
            if (isProbed)
                return await ComeBackAsync(work, destination, until, cancellationToken);
        }

        var budget = new TimeBudget(time, MaxAttempt);
        AttemptEnd end;
        await using (var claim = await ClaimedDestination.TakeAsync(ledgers, storeClock, time, found, row, seams.Nonce(), cancellationToken))
        {
            if (claim is null)
                return null;
            end = breaker is BreakerAnswer.Wait
                ? AttemptEnd.Ended.WithoutSession(row.LastTrouble is null ? SiteIsDown : null)
                : await attempt.RunAsync(claim, taker, budget, cancellationToken);
            if (end is AttemptEnd.Ended ended && !await RecordAsync(work, claim, ended, now, cancellationToken))
                end = new AttemptEnd.ClaimLost();
            found = new LedgerReading.Found(claim.Ledger, claim.Tag);
        }
        return await ConcludeAsync(work.Id, destination, site, breaker is BreakerAnswer.Probe, found, end, cancellationToken);
    }

    // Those who are left wait, or have failed by now. The due entry goes first: one too many is harmless, and a wait without one would be the sweep's.
    private async Task<bool> RecordAsync(
        WorkItem work, ClaimedDestination claim, AttemptEnd.Ended ended, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        if (claim.Row is not { } row)
            return true;
        var ledger = claim.Ledger;
        var schedule = ReportPolicy.ScheduleFor(options.Retry, ledger.ReversePath);
        var now = storeClock.UtcNow;
        var age = now - ledger.StoredAt;
        var deferral = new Deferral
        {
            Now = now,
            NextAttempt = RoundUp(schedule.NextAttempt(age, row.Attempts + 1, now, Jitter(work.Id, row))),
            Outcomes = ended.Deferred,
            OfAll = ended.OfAll,
            IsLast = schedule.ShouldGiveUp(startedAt - ledger.StoredAt),
            IsLate = ReportPolicy.ShouldWarn(schedule, age, ledger.ReversePath),
        };
        if (!deferral.IsLast)
            await due.AddAsync(DueEntry.At(deferral.NextAttempt, work.Id, row.Name, poisoned: 0), cancellationToken);
        if (!await claim.ChangeAsync(current => LedgerTransitions.Defer(current, row.Name, deferral), cancellationToken))
            return false;
        if (deferral.IsLast)
            PipelineMetrics.Bounced("expired", row.Recipients.Count);
        else
            PipelineMetrics.Deferred(row.Recipients.Count, age);
        if (deferral.IsLast)
            log.GivenUp(work.Id, row.Name, row.Attempts + 1);
        else
        {
            trace.Note(new TraceEntry(TraceKind.Deferred) { Id = work.Id, Destination = row.Name, Next = deferral.NextAttempt });
            log.Waits(work.Id, row.Name, deferral.NextAttempt, row.Attempts + 1);
        }
        return true;
    }

    private async Task<Ending> ConcludeAsync(
        SpoolId id, string destination, string site, bool wasProbe, LedgerReading.Found found, AttemptEnd end, CancellationToken cancellationToken)
    {
        switch (end)
        {
            case AttemptEnd.Ended ended:
                if (found.Ledger.IsFinished)
                    await messageEnd.RunAsync(found.Ledger, cancellationToken);
                var ending = found.Ledger.Owed.Count > 0 ? await reports.MakeAsync(found.Ledger, found.Tag, cancellationToken) : Ending.Done;
                if (ended.Site == SiteHealth.Answers)
                    await breakers.SiteAnsweredAsync(site, cancellationToken);
                else if (ended.Site == SiteHealth.Down)
                    await LookAfterDownSiteAsync(id, site, wasProbe, found.Ledger, cancellationToken);
                await ended.Farewell;
                return ending;
            case AttemptEnd.ClaimLost:
                log.ClaimLost(id, destination);
                return Ending.Done;
            case AttemptEnd.Gone:
                await ledgers.DeleteAsync(id, cancellationToken);
                log.FinishedBefore(id);
                return Ending.Done;
            case AttemptEnd.Damaged(var reason):
                return await ParkAsync(id, reason, cancellationToken);
            case AttemptEnd.UnknownVersion(var version):
                log.UnknownSpoolVersion(id, version);
                return Ending.TryAgain;
            default:
                throw new UnreachableException();
        }
    }

    private async Task LookAfterDownSiteAsync(SpoolId id, string site, bool wasProbe, Ledger ledger, CancellationToken cancellationToken)
    {
        await breakers.SiteFailedAsync(site, wasProbe, cancellationToken);
        // Nobody has opened the message in this attempt: a ledger without one would be tried until the end of its time.
        if (!ledger.IsFinished && !await spool.ExistsAsync(id, cancellationToken))
            await ledgers.DeleteAsync(id, cancellationToken);
    }

    // While a site is down nobody knocks there for a message, yet its sender is warned, and told of the end, when the time has come.
    private bool HasTurnedLate(Ledger ledger, LedgerDestination row, DateTimeOffset now)
    {
        var schedule = ReportPolicy.ScheduleFor(options.Retry, ledger.ReversePath);
        var age = now - ledger.StoredAt;
        return schedule.ShouldGiveUp(age) || (!row.WarnedOfDelay && ReportPolicy.ShouldWarn(schedule, age, ledger.ReversePath));
    }

    // A late message waits as long as after an attempt: with millions that wait for one site, a look at each whenever its breaker ends would be all that
    // the retry tick gets done, and other mail would wait behind them.
    private DateTimeOffset WhileDown(Ledger ledger, LedgerDestination row, DateTimeOffset now, DateTimeOffset until)
    {
        var age = now - ledger.StoredAt;
        if (age < options.Retry.WarnAfter)
            return until;
        var pace = ReportPolicy.ScheduleFor(options.Retry, ledger.ReversePath).NextAttempt(age, row.Attempts + 1, now, Jitter(ledger.Id, row));
        return pace > until ? pace : until;
    }

    private static readonly Outcome SiteIsDown = new Outcome.TryLater(new DeliveryStatus(4, 4, 1), "the destination has not answered for some time", null, null);

    // Whoever makes this decision again makes the same one, and those who were deferred together do not all come back together.
    private static double Jitter(SpoolId id, LedgerDestination row)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{row.Name}/{row.Attempts}"));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
    }

    // The index keeps whole milliseconds: cut off, an entry would come due before its time and find that there is nothing to do yet.
    private static DateTimeOffset RoundUp(DateTimeOffset time) =>
        time.UtcTicks % TimeSpan.TicksPerMillisecond is var rest && rest == 0 ? time : time.AddTicks(TimeSpan.TicksPerMillisecond - rest);

    private async Task<Ending> ComeBackAsync(WorkItem work, string destination, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await due.AddAsync(DueEntry.At(RoundUp(at), work.Id, destination, work.Poisoned), cancellationToken);
        log.NotNow(work.Id, destination, at);
        return Ending.Done;
    }

    private async Task<Ending> ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken)
    {
        await parked.ParkAsync(id, reason, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Parked) { Id = id, Reply = reason });
        log.Parked(id, reason);
        return Ending.Done;
    }

    private async Task<Ending> ParkTextAsync(ReadOnlyMemory<byte> text, string reason, CancellationToken cancellationToken)
    {
        await parked.ParkTextAsync(WorkQueue.Relay, text, reason, cancellationToken);
        log.ParkedText(WorkQueue.Relay);
        return Ending.Done;
    }
}
