// A queue with messages in every state, for the tests of the verbs that show and change them.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Pipeline.Storage;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

/// <summary>
/// States are written as <c>a.test due, b.test held, owed</c>: destinations that are due in an hour, held, claimed for a minute, or whose claim has
/// <c>expired</c>, and a report that is owed.
/// </summary>
internal sealed class QueueRig(AzuriteServer azurite) : IAsyncDisposable
{
    public static readonly EmailAddress Sender = EmailAddress.Parse("From@example.test");

    private static readonly DeliveryTrouble Trouble = new(new DeliveryStatus(4, 2, 1), 450, "busy\nnow", "mx.test", DateTimeOffset.UnixEpoch);

    public Operator Person { get; } = new(azurite.FreshAccount());

    public MailStores Stores => Person.Stores;

    public Task SetUpAsync() => Stores.Layout.CreateAllAsync(CancellationToken.None);

    /// <summary>Spools a message and makes its ledger.</summary>
    public async Task<SpoolId> AddAsync(
        string state, EmailAddress? from, TimeSpan age = default, MessageOrigin origin = MessageOrigin.Client, string message = "Subject: s\r\n\r\nbody\r\n")
    {
        var id = await SpoolAsync(from, origin, message);
        var now = Stores.Clock.UtcNow;
        var parts = state.Split(", ");
        var ledger = new Ledger(id, from, now - age, [.. parts.Where(part => part != "owed").Select(part => Row(part.Split(' '), now))]) { Origin = origin };
        if (parts.Contains("owed"))
            ledger = ledger.Owing(ReportKind.Failed, now, [new ReportedRecipient(EmailAddress.Parse("gone@z.test"), EmailAddress.Parse("gone@z.test"), Trouble)]);
        Assert.True(await Stores.Ledgers.CreateAsync(ledger, CancellationToken.None));
        return id;
    }

    public async Task<SpoolId> SpoolAsync(EmailAddress? from, MessageOrigin origin = MessageOrigin.Client, string message = "Subject: s\r\n\r\nbody\r\n")
    {
        var id = SpoolId.New(TimeProvider.System);
        await using var writer = Stores.Spool.Create(id);
        await Sample.FillAsync(writer, Encoding.UTF8.GetBytes(message));
        Assert.True(await writer.CommitAsync(Sample.Envelope(id) with { ReversePath = from, Origin = origin }, Sample.Trace, CancellationToken.None));
        return id;
    }

    /// <summary>The state as it is now; <c>due now</c> for a destination that is to be tried at once.</summary>
    public async Task<string> StateAsync(SpoolId id)
    {
        switch (await Stores.Ledgers.ReadAsync(id, CancellationToken.None))
        {
            case LedgerReading.Found(var ledger, _):
                Assert.True(await Stores.Spool.ExistsAsync(id, CancellationToken.None));
                var now = Stores.Clock.UtcNow;
                return string.Join(", ", ledger.Destinations.Select(row => $"{row.Name} {Tell(row, now)}").Concat(ledger.Owed.Select(_ => "owed")));
            case LedgerReading.Missing:
                return await Stores.Spool.ExistsAsync(id, CancellationToken.None) ? "spooled" : "gone";
            case var other:
                return other.GetType().Name;
        }
    }

    /// <summary>What has been enqueued in <c>relay</c> since this was asked last, in order of name.</summary>
    public async Task<string> EnqueuedAsync(string queue = "relay")
    {
        // The emulator shows a message from the millisecond on at which it was put: a clock that is set back hides it for as long.
        await Task.Delay(20);
        var messages = (await Stores.Connection.Queues.GetQueueClient(queue).ReceiveMessagesAsync(32)).Value;
        var names = new List<string>();
        foreach (var message in messages)
        {
            var work = Assert.IsType<WorkItemReading.Item>(WorkItem.Read(Convert.FromBase64String(message.MessageText))).Work;
            names.Add(work.Destination ?? work.Id.Text);
            await Stores.Connection.Queues.GetQueueClient(queue).DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        return string.Join(", ", names.Order(StringComparer.Ordinal));
    }

    /// <summary>The destinations that the index by time brings now.</summary>
    public async Task<string> DueAsync() => string.Join(", ", (await Stores.Due.ListDueAsync(CancellationToken.None).ToListAsync())
        .Select(entry => entry.Destination).Order(StringComparer.Ordinal));

    public ValueTask DisposeAsync()
    {
        Person.Dispose();
        return ValueTask.CompletedTask;
    }

    private static LedgerDestination Row(string[] words, DateTimeOffset now)
    {
        var (name, state) = (words[0], words[1]);
        var row = new LedgerDestination(
            name, state == "held" ? DestinationState.Held : DestinationState.Due,
            [Sample.Recipient($"one@{name}") with { LastTrouble = Trouble }, Sample.Recipient($"two@{name}")])
        {
            Attempts = 3, NextAttempt = now.AddHours(1), LastTrouble = Trouble,
        };
        return state switch
        {
            "claimed" => row with { Claim = new DestinationClaim("worker", now.AddMinutes(1)) },
            "expired" => row with { Claim = new DestinationClaim("dead", now.AddMinutes(-1)) },
            "silent" => row with { Recipients = [.. row.Recipients.Select(to => to with { Notify = Notify.Never })] },
            "due" or "held" => row,
            _ => throw new InvalidOperationException(state),
        };
    }

    private static string Tell(LedgerDestination row, DateTimeOffset now)
    {
        if (row.Claim is { } claim)
            return claim.ExpiresAt > now ? "claimed" : "expired";
        if (row.State == DestinationState.Held)
            return "held";
        return row.NextAttempt <= now ? "due now" : "due";
    }
}
