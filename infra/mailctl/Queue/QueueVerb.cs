// What the verbs that change the queue have in common.
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Applies one kind of change to every message that is selected.</summary>
internal abstract class QueueVerb : Verb
{
    protected QueueVerb(string name, string description, string example)
        : base(name, description, example) => Selection = QueueSelection.Of(this);

    /// <summary>Which messages.</summary>
    protected QueueSelection Selection { get; }

    /// <summary>Changes all of them, one after the other.</summary>
    protected async Task<Answer> ChangeAsync(RowChange change, ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var log = new ChangeLog(change.Action);
        var ledgers = new LedgerChange(stores, Selection.DomainOf(arguments), change, log);
        await foreach (var message in Selection.ListAsync(arguments, stores, cancellationToken))
            await ledgers.RunAsync(message.Id, message.Reading, cancellationToken);
        return log.ToAnswer([]);
    }
}
