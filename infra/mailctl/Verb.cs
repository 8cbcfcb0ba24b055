// The shape of every verb.
using System.CommandLine;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl;

/// <summary>A verb: declares its arguments in its constructor and answers with a value; opening storage and printing are not its business.</summary>
internal abstract class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>A command line that does something useful with it.</summary>
    public string Example => example;

    /// <summary>Does it without storage, or gives null if this needs some.</summary>
    public virtual Answer? AnswerWithoutStorage(ParseResult arguments) => null;

    /// <summary>Does it.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    public abstract Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken);
}
