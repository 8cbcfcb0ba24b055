// mailctl queue drop
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Removes mail that nobody is to get and nobody is to hear of.</summary>
internal sealed class QueueDrop : QueueVerb
{
    private readonly Option<bool> _yes = Confirmation.Option();
    private readonly Workstation _workstation;

    public QueueDrop(Workstation workstation)
        : base(
            "drop", "Removes mail for good, and tells nobody. With --domain, what waits for that domain; else whole messages, parked ones too.",
            "mailctl queue drop 019c0000000070008000000000000000")
    {
        _workstation = workstation;
        Add(_yes);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var only = Selection.DomainOf(arguments);
        var ids = await Selection.ListAsync(arguments, stores, cancellationToken).Select(message => message.Id).ToListAsync(cancellationToken);
        var log = new ChangeLog(MessageDrop.Action);
        if (ids.Count == 0)
            return log.ToAnswer([]);
        var what = ids is [var one] ? $"the message {one}" : $"{ids.Count} messages";
        var question = only is null ? $"Remove {what} for good, without telling anybody?" : $"Remove what waits for {only} of {what}, without telling anybody?";
        if (await Confirmation.AskAsync(_workstation, question, arguments.GetValue(_yes), cancellationToken) is { } refused)
            return refused;

        var drop = new MessageDrop(stores, only, log);
        foreach (var id in ids)
            await drop.RunAsync(id, cancellationToken);
        return log.ToAnswer([]);
    }
}
