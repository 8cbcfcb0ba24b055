// mailctl parked retry
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Lets the system try again what it could not process. If it still cannot, it is parked again.</summary>
internal sealed class ParkedRetry : Verb
{
    private readonly Argument<string[]> _names = ParkedNames.Of(ArgumentArity.OneOrMore);

    public ParkedRetry()
        : base("retry", "Gives what is parked another try.", "mailctl parked retry 019c0000000070008000000000000000") =>
        Add(_names);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var (retried, refusals) = (new List<string>(), new List<string>());
        foreach (var name in arguments.GetRequiredValue(_names))
        {
            if (await RetryAsync(name, stores, cancellationToken) is { } refusal)
                refusals.Add(refusal);
            else
                retried.Add(name);
        }
        return ParkedChangeReport.ToAnswer("retried", retried, refusals);
    }

    private static async Task<string?> RetryAsync(string name, MailStores stores, CancellationToken cancellationToken)
    {
        if (await stores.ParkedRecords.FindAsync(name, cancellationToken) is not { } parked)
            return ParkedNames.NotParked(name);
        if (parked.Text is { } text)
            return await RetryTextAsync(parked, text, stores, cancellationToken);
        if (!SpoolId.TryParse(name, out var id))
            return $"{name}: it names no message: 'mailctl parked drop {name}' removes it.";
        var (queue, work) = (WorkQueue.Accepted, new List<WorkItem>());
        switch (await stores.Ledgers.ReadAsync(id, cancellationToken))
        {
            case LedgerReading.Found(var ledger, _):
                queue = WorkQueue.Relay;
                work.AddRange(ledger.Destinations.Where(row => row.State == DestinationState.Due).Select(row => new WorkItem { Id = id, Destination = row.Name }));
                if (ledger.Owed.Count > 0 || ledger.IsFinished)
                    work.Add(new WorkItem { Id = id, Destination = Ledger.ReportDestination });
                break;
            case LedgerReading.Damaged(var reason):
                return $"{name}: its ledger is still damaged ({reason}): 'mailctl queue drop {name}' removes the message.";
            case LedgerReading.UnknownVersion(var version):
                return $"{name}: its ledger has version {version}, which this mailctl does not know: use that of the installed system.";
            case LedgerReading.Missing:
                if (await stores.Spool.OpenAsync(id, cancellationToken) is SpoolOpening.Missing)
                    return $"{name}: nothing is left of the message: 'mailctl parked drop {name}' removes the record.";
                work.Add(new WorkItem { Id = id });
                break;
        }
        // The record first: what is not parked, the sweep brings back even if nothing below comes to pass.
        await stores.ParkedRecords.RemoveAsync(name, cancellationToken);
        foreach (var item in work)
            await stores.Queues.EnqueueAsync(queue, item, cancellationToken);
        return null;
    }

    // A text is a hint; the sweep has brought its mail by now if it was one of ours. It can be worth something only if this version can read it.
    private static async Task<string?> RetryTextAsync(ParkedRecord parked, ReadOnlyMemory<byte> text, MailStores stores, CancellationToken cancellationToken)
    {
        if (WorkItem.Read(text.Span) is not WorkItemReading.Item(var work) || FindQueue(parked.Queue) is not { } queue)
            return $"{parked.Name}: the queue text cannot be read: 'mailctl parked drop {parked.Name}' removes it, and no mail with it.";
        await stores.Queues.EnqueueAsync(queue, work with { Poisoned = 0 }, cancellationToken);
        await stores.ParkedRecords.RemoveAsync(parked.Name, cancellationToken);
        return null;
    }

    private static WorkQueue? FindQueue(string? name)
    {
        foreach (var queue in Enum.GetValues<WorkQueue>())
        {
            if (BlobNames.Queue(queue) == name)
                return queue;
        }
        return null;
    }
}
