// mailctl queue bounce
using System.CommandLine;
using System.CommandLine.Parsing;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Gives mail up at once: its recipients have failed, and the sender is told as after the last attempt.</summary>
internal sealed class QueueBounce : QueueVerb
{
    private const string DefaultText = "returned by the postmaster";

    // RFC 3463 3.1: nothing more is known than that it is a permanent failure.
    private static readonly DeliveryStatus Returned = new(5, 0, 0);

    private readonly Option<string> _text = new("--text")
    {
        Description = "What the sender is told, in printable ASCII.", HelpName = "TEXT", DefaultValueFactory = _ => DefaultText,
    };

    public QueueBounce()
        : base("bounce", "Returns mail to its sender: it is not tried again.", "mailctl queue bounce --domain example.net --text \"this domain is gone\"")
    {
        _text.Validators.Add(RequirePrintable);
        Add(_text);
    }

    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var text = arguments.GetRequiredValue(_text);
        var change = new RowChange("bounced", (row, _) => new RowDecision.Replace(row with { Recipients = [] }))
        {
            Record = (ledger, changed, now) => OweReport(ledger, changed, text, now), WakesRelay = true,
        };
        return ChangeAsync(change, arguments, stores, cancellationToken);
    }

    // By the same rules as a relay's own failures: nothing is ever reported about a report to where it came from.
    private static Ledger OweReport(Ledger ledger, IReadOnlyList<LedgerDestination> bounced, string text, DateTimeOffset now)
    {
        var trouble = new DeliveryTrouble(Returned, null, text, null, now);
        var reported = bounced.SelectMany(row => row.Recipients)
            .Where(to => ReportPolicy.Decide(ReportKind.Failed, ledger.ReversePath, ledger.Origin, to.Notify) is not ReportAddressee.Nobody)
            .Select(to => new ReportedRecipient(to.Address, to.Original, trouble))
            .ToList();
        return reported.Count == 0 ? ledger : ledger.Owing(ReportKind.Failed, now, reported);
    }

    private static void RequirePrintable(OptionResult result)
    {
        if (result.Implicit || result.Tokens is not [var token, ..])
            return;
        if (token.Value.Length is 0 or > DeliveryTrouble.MaxTextLength || token.Value.Any(c => c is < ' ' or > '~'))
            result.AddError($"The text for the sender is 1 to {DeliveryTrouble.MaxTextLength} printable ASCII characters.");
    }
}
