// The shape of a verb that needs no mail storage.
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl;

/// <summary>A verb that does its work elsewhere: none is opened for it, and none needs to be named.</summary>
internal abstract class StoragelessVerb(string name, string description, string example) : Verb(name, description, example)
{
    /// <summary>Does it.</summary>
    public abstract Task<Answer> AnswerAsync(ParseResult arguments, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public sealed override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        AnswerAsync(arguments, cancellationToken);
}
