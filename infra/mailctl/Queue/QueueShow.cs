// mailctl queue show
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Shows all that is known of one message except its text: envelope, five header fields, destinations, reports to be made.</summary>
internal sealed class QueueShow : Verb
{
    private readonly Argument<SpoolId[]> _id = QueueSelection.Ids(ArgumentArity.ExactlyOne);

    public QueueShow()
        : base("show", "Shows one message: its envelope, its header, and how far it has come.", "mailctl queue show 019c0000000070008000000000000000") =>
        Add(_id);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var id = arguments.GetRequiredValue(_id)[0];
        var reading = await stores.Ledgers.ReadAsync(id, cancellationToken);
        var (spooled, state) = await ReadSpoolAsync(stores, id, cancellationToken);
        var parked = await stores.ParkedRecords.FindAsync(id.Text, cancellationToken);
        if (reading is LedgerReading.Missing && spooled is null && state == "missing" && parked is null)
            return new Answer.Refused($"{id}: it is not in the queue: it is finished, or it never was ours.");

        var ledger = (reading as LedgerReading.Found)?.Ledger;
        return new Answer.Done(new MessageReport(
            id.Text, id.Time, state, StateOf(reading), parked?.Reason, spooled,
            [.. (ledger?.Destinations ?? []).Select(DestinationView.Of)], [.. (ledger?.Owed ?? []).Select(OwedView.Of)]));
    }

    private static async Task<(SpooledView? View, string State)> ReadSpoolAsync(MailStores stores, SpoolId id, CancellationToken cancellationToken)
    {
        switch (await stores.Spool.OpenAsync(id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                    return (SpooledView.Of(reader, await HeaderExcerpt.ReadAsync(reader, cancellationToken)), "present");
            case SpoolOpening.Damaged(var reason):
                return (null, $"damaged: {reason}");
            case SpoolOpening.UnknownVersion(var version):
                return (null, $"unknown version {version}");
            default:
                return (null, "missing");
        }
    }

    private static string StateOf(LedgerReading reading) => reading switch
    {
        LedgerReading.Found => "present",
        LedgerReading.Damaged(var reason) => $"damaged: {reason}",
        LedgerReading.UnknownVersion(var version) => $"unknown version {version}",
        _ => "missing",
    };
}
