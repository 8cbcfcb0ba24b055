// mailctl mailbox show
using System.CommandLine;
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>Prints a message out of a mailbox, octet for octet. What it is made of, 'inspect' tells.</summary>
internal sealed class MailboxShow : Verb
{
    private readonly Argument<EmailAddress> _account = Operands.Account();
    private readonly Argument<SpoolId[]> _id = QueueSelection.Ids(ArgumentArity.ExactlyOne);

    public MailboxShow()
        : base(
            "show", "Prints a message as it is stored; 'mailctl inspect --id ID --account ADDRESS' tells what it is made of.",
            "mailctl mailbox show alice@example.org 019c0000000070008000000000000000")
    {
        Add(_account);
        Add(_id);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var (account, id) = (arguments.GetRequiredValue(_account), arguments.GetRequiredValue(_id)[0]);
        return await stores.Mailboxes.OpenAsync(account, id, cancellationToken) is { } copy
            ? new Answer.Content(PiecesAsync(copy, cancellationToken))
            : new Answer.Refused($"{id} is not in the mailbox of {account}: it never was, or it is deleted.");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(Stream copy, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (copy)
        {
            var block = new byte[64 * 1024];
            while (await copy.ReadAsync(block, cancellationToken) is > 0 and var count)
                yield return block.AsMemory(0, count);
        }
    }
}
