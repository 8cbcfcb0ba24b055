// mailctl parked drop
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Removes what is parked: a message with all that is stored of it in the queue, or a queue text.</summary>
internal sealed class ParkedDrop : Verb
{
    private readonly Argument<string[]> _names = ParkedNames.Of(ArgumentArity.OneOrMore);
    private readonly Option<bool> _yes = Confirmation.Option();
    private readonly Workstation _workstation;

    public ParkedDrop(Workstation workstation)
        : base(
            "drop", "Removes what is parked for good, a message with all that waits of it, and tells nobody.",
            "mailctl parked drop 019c0000000070008000000000000000")
    {
        _workstation = workstation;
        Add(_names);
        Add(_yes);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var names = arguments.GetRequiredValue(_names);
        var question = $"Remove {(names is [var one] ? one : $"{names.Length} parked things")} for good, without telling anybody?";
        if (await Confirmation.AskAsync(_workstation, question, arguments.GetValue(_yes), cancellationToken) is { } refused)
            return refused;

        var (dropped, refusals) = (new List<string>(), new List<string>());
        foreach (var name in names)
        {
            if (await DropAsync(name, stores, cancellationToken) is { } refusal)
                refusals.Add(refusal);
            else
                dropped.Add(name);
        }
        return ParkedChangeReport.ToAnswer(MessageDrop.Action, dropped, refusals);
    }

    private static async Task<string?> DropAsync(string name, MailStores stores, CancellationToken cancellationToken)
    {
        if (await stores.ParkedRecords.FindAsync(name, cancellationToken) is not { } parked)
            return ParkedNames.NotParked(name);
        if (parked.Text is not null || !SpoolId.TryParse(name, out var id))
        {
            await stores.ParkedRecords.RemoveAsync(name, cancellationToken);
            return null;
        }
        var log = new ChangeLog(MessageDrop.Action);
        await new MessageDrop(stores, only: null, log).RunAsync(id, cancellationToken);
        return log.Refusals.Count == 0 ? null : string.Join(' ', log.Refusals);
    }
}
