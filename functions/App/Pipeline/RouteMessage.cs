// Stage: brings an accepted message into its mailboxes and records what remains for other domains.
using System.Diagnostics;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Telemetry;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Routes one message by its envelope. May be run any number of times, at once and in any order: copies and ledger are created only if absent, and
/// the spool blob goes last. Throws <see cref="StoreUnavailableException"/> when storage cannot be reached; running again continues.
/// </summary>
internal sealed class RouteMessage(
    ISpool spool, ILedger ledger, IParked parked, IDueIndex due, IWorkQueue queue, IStoreClock storeClock,
    ContentScan scan, LocalDelivery localDelivery, WorkGate gate, RelayOptions options, TimeProvider time, ITrace trace, ILogger<RouteMessage> log)
{
    /// <summary>From this time in a poison queue on, work runs alone in its process.</summary>
    public const int AloneFrom = 3;

    private static readonly TimeSpan MaxWork = TimeSpan.FromMinutes(5);

    /// <summary>Does what a message of the queue <c>accepted</c> asks for.</summary>
    public async Task<Ending> RunAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        switch (WorkItem.Read(text.Span))
        {
            case WorkItemReading.Item(var work):
                using (await (work.Poisoned < AloneFrom ? gate.EnterAsync(cancellationToken) : gate.EnterAloneAsync(cancellationToken)))
                    return await RouteAsync(work, cancellationToken);
            case WorkItemReading.UnknownVersion(var version):
                log.UnknownWorkVersion(WorkQueue.Accepted, version);
                return Ending.Done;
            case WorkItemReading.Unreadable(var reason):
                await parked.ParkTextAsync(WorkQueue.Accepted, text, reason, cancellationToken);
                log.ParkedText(WorkQueue.Accepted);
                return Ending.Done;
            default:
                throw new UnreachableException();
        }
    }

    private async Task<Ending> RouteAsync(WorkItem work, CancellationToken cancellationToken)
    {
        switch (await spool.OpenAsync(work.Id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                {
                    try
                    {
                        return await RouteAsync(work, reader, cancellationToken);
                    }
                    catch (SpoolDamagedException damage)
                    {
                        return await ParkAsync(work.Id, damage.Message, cancellationToken);
                    }
                }
            case SpoolOpening.Missing:
                // All recipients are finished. A ledger that is still there belongs to a run that ended between the two deletions.
                await ledger.DeleteAsync(work.Id, cancellationToken);
                log.FinishedBefore(work.Id);
                return Ending.Done;
            case SpoolOpening.UnknownVersion(var version):
                log.UnknownSpoolVersion(work.Id, version);
                return Ending.TryAgain;
            case SpoolOpening.Damaged(var reason):
                return await ParkAsync(work.Id, reason, cancellationToken);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<Ending> RouteAsync(WorkItem work, ISpoolReader reader, CancellationToken cancellationToken)
    {
        var budget = new TimeBudget(time, MaxWork);
        var envelope = reader.Envelope;
        if (envelope.Id != work.Id)
            return await ParkAsync(work.Id, $"The envelope is that of message {envelope.Id}.", cancellationToken);
        if (envelope.Recipients.Count == 0)
            return await ParkAsync(work.Id, "The envelope names no recipient.", cancellationToken);

        var remaining = RemoteDestinations.Of(envelope, options.Hold ? DestinationState.Held : DestinationState.Due, reader.StoredAt);
        var accounts = envelope.Recipients.Where(recipient => recipient.IsLocal && !recipient.Loops).Select(recipient => recipient.Target.Canonical).Distinct().ToList();
        var left = KnownOutcomes.Owe(
            new Ledger(work.Id, envelope.ReversePath, reader.StoredAt, remaining)
            {
                Origin = envelope.Origin, MayComeAgain = envelope.MayComeAgain, Return = envelope.Return, EnvelopeId = envelope.EnvelopeId, Traceparent = MailSpans.Traceparent,
            },
            envelope, storeClock.UtcNow);
        // Without local copies there is nothing to repeat, and whether there is a ledger shows when it is made.
        if (!left.IsFinished && accounts.Count > 0 && await FindLedgerAsync(work.Id, cancellationToken) is { } ending)
            return ending;

        var verdict = accounts.Count == 0 ? ScanVerdict.None : await scan.RunAsync(envelope, reader.Length, reader.StoredAt, cancellationToken);
        if (verdict is null)
        {
            await due.AddAsync(DueEntry.At(storeClock.UtcNow + options.Retry.First, work.Id, destination: null, work.Poisoned), cancellationToken);
            return Ending.Done;
        }
        if (!await localDelivery.DeliverAsync(reader, accounts, verdict, budget, cancellationToken))
        {
            await due.AddAsync(DueEntry.At(storeClock.UtcNow, work.Id, destination: null, work.Poisoned), cancellationToken);
            log.RouteOutOfTime(work.Id);
            return Ending.Done;
        }

        PipelineMetrics.Routed();
        if (left.IsFinished)
        {
            await spool.EndAsync(work.Id, envelope.LeavesMark, cancellationToken);
            trace.Note(new TraceEntry(TraceKind.Finished) { Id = work.Id });
            log.Finished(work.Id);
            return Ending.Done;
        }
        return await HandOverAsync(left, cancellationToken);
    }

    private async Task<Ending> HandOverAsync(Ledger remaining, CancellationToken cancellationToken)
    {
        if (!await ledger.CreateAsync(remaining, cancellationToken))
            return await FindLedgerAsync(remaining.Id, cancellationToken) ?? Ending.Done; // gone again: another run has finished the message
        foreach (var destination in remaining.Destinations)
        {
            trace.Note(new TraceEntry(TraceKind.Routed)
            {
                Id = remaining.Id, Destination = destination.Name, To = [.. destination.Recipients.Take(TraceEntry.MaxRecipients).Select(to => to.Address.ToString())],
                Reply = destination.State == DestinationState.Held ? "held" : null,
            });
            if (destination.State == DestinationState.Held)
            {
                log.Held(remaining.Id, destination.Name, destination.Recipients.Count);
                continue;
            }
            await queue.EnqueueAsync(WorkQueue.Relay, new WorkItem { Id = remaining.Id, Destination = destination.Name }, cancellationToken);
            log.HandedOver(remaining.Id, destination.Name, destination.Recipients.Count);
        }
        if (remaining.Owed.Count > 0)
            await queue.EnqueueAsync(WorkQueue.Relay, new WorkItem { Id = remaining.Id, Destination = Ledger.ReportDestination }, cancellationToken);
        return Ending.Done;
    }

    // Where a ledger exists the local copies are done, and what is left is the business of the relay. Null if there is none.
    private async Task<Ending?> FindLedgerAsync(SpoolId id, CancellationToken cancellationToken)
    {
        switch (await ledger.ReadAsync(id, cancellationToken))
        {
            case LedgerReading.Missing:
                return null;
            case LedgerReading.Found(var found, _):
                foreach (var destination in OpenWork.Of(found, storeClock.UtcNow))
                    await queue.EnqueueAsync(WorkQueue.Relay, new WorkItem { Id = id, Destination = destination }, cancellationToken);
                log.RoutedBefore(id);
                return Ending.Done;
            case LedgerReading.UnknownVersion(var version):
                log.UnknownLedgerVersion(id, version);
                return Ending.TryAgain;
            case LedgerReading.Damaged(var reason):
                return await ParkAsync(id, $"The ledger is damaged: {reason}", cancellationToken);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<Ending> ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken)
    {
        await parked.ParkAsync(id, reason, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Parked) { Id = id, Reply = reason });
        log.Parked(id, reason);
        return Ending.Done;
    }
}
