// mailctl inspect
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Inspect;

/// <summary>Tells what a message is made of, as it is read here, one after the other. For files no storage is needed.</summary>
internal sealed class InspectMessages : Verb
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Files with a message each.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<SpoolId[]> _ids = new("--id")
    {
        Description = "A message in the spool by its id; may be given several times.", HelpName = "ID",
        CustomParser = result => [.. result.Tokens.Select(token => QueueSelection.ReadId(token.Value, result))],
    };

    private readonly Option<EmailAddress?> _account = new("--account")
    {
        Description = "Look for the ids in the mailbox of this account.", HelpName = "ADDRESS",
        CustomParser = result => Operands.ReadAccount(result.Tokens[0].Value, result),
    };

    public InspectMessages()
        : base(
            "inspect", "Shows what messages are made of: header, parts, text and defects, a line of JSON for each; with 'error' for one that cannot be read.",
            "mailctl inspect message.eml")
    {
        Add(_files);
        Add(_ids);
        Add(_account);
        Validators.Add(RequireMessages);
    }

    /// <inheritdoc/>
    public override Answer? AnswerWithoutStorage(ParseResult arguments) =>
        arguments.GetValue(_ids) is { Length: > 0 } ? null : new Answer.Lines(InspectFilesAsync(arguments.GetValue(_files) ?? []));

    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var files = InspectFilesAsync(arguments.GetValue(_files) ?? [], cancellationToken);
        var ids = InspectIdsAsync(arguments.GetValue(_ids) ?? [], arguments.GetValue(_account), stores, cancellationToken);
        return Task.FromResult<Answer>(new Answer.Lines(files.Concat(ids)));
    }

    private static async IAsyncEnumerable<Line> InspectFilesAsync(string[] files, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var file in files)
            yield return await InspectAsync(file, cancellationToken);
    }

    private static async Task<Line> InspectAsync(string file, CancellationToken cancellationToken)
    {
        var source = MessageSource.Of(file);
        try
        {
            await using var stream = new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
            return Read(await Inspection.ReadAsync(source, stream.ReadAsync, cancellationToken));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unread(source, error.Message);
        }
    }

    private static async IAsyncEnumerable<Line> InspectIdsAsync(
        SpoolId[] ids, EmailAddress? account, MailStores stores, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            yield return account is { } address
                ? await InspectMailboxAsync(id, address, stores, cancellationToken)
                : await InspectSpoolAsync(id, stores, cancellationToken);
        }
    }

    private static async Task<Line> InspectMailboxAsync(SpoolId id, EmailAddress account, MailStores stores, CancellationToken cancellationToken)
    {
        var source = MessageSource.Of(id, account);
        if (await stores.Mailboxes.OpenAsync(account, id, cancellationToken) is not { } copy)
            return Unread(source, $"It is not in the mailbox of {account}: it never was, or it is deleted.");
        await using (copy)
            return Read(await Inspection.ReadAsync(source, copy.ReadAsync, cancellationToken));
    }

    private static async Task<Line> InspectSpoolAsync(SpoolId id, MailStores stores, CancellationToken cancellationToken)
    {
        var source = MessageSource.Of(id, null);
        switch (await stores.Spool.OpenAsync(id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                    return await ReadSpoolAsync(source, reader, cancellationToken);
            case SpoolOpening.Damaged(var reason):
                return Unread(source, $"It is damaged: {reason}");
            case SpoolOpening.UnknownVersion(var version):
                return Unread(source, $"It was written by another version of the gateway ({version}).");
            default:
                return Unread(source, "It is not in the spool: it is finished, or it never was ours. --account ADDRESS looks for it in a mailbox.");
        }
    }

    private static async Task<Line> ReadSpoolAsync(MessageSource source, ISpoolReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return Read(await Inspection.ReadAsync(source, reader.ReadAsync, cancellationToken));
        }
        catch (SpoolDamagedException error)
        {
            return Unread(source, $"It is damaged: {error.Message}");
        }
    }

    private static Line Read(InspectedMessage message) => new(JsonSerializer.Serialize(message, InspectionJson.Lines.InspectedMessage), IsRefusal: false);

    private static Line Unread(MessageSource source, string why) =>
        new(JsonSerializer.Serialize(new UnreadMessage(source.File, source.Id, source.Account, why), InspectionJson.Lines.UnreadMessage), IsRefusal: true);

    private void RequireMessages(CommandResult result)
    {
        var hasIds = result.GetResult(_ids) is { Implicit: false };
        if (!hasIds && result.GetResult(_files) is not { Tokens.Count: > 0 })
            result.AddError("Say which messages: files, or --id ID.");
        if (!hasIds && result.GetResult(_account) is { Implicit: false })
            result.AddError("--account says in whose mailbox to look for --id ID.");
    }
}
