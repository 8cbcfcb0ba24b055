// mailctl mailbox import
using System.Buffers;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mime.Summaries;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>
/// Copies messages from files into a mailbox. A copy is named by its time and its octets, so that an import that was cut off can be repeated, and what is
/// there already stays single. Each message is read twice: for its name and summary, and for its copy.
/// </summary>
internal sealed class MailboxImport : Verb
{
    private const int BlockLength = 1 << 20;

    private readonly Argument<EmailAddress> _account = Operands.Account();
    private readonly Option<string?> _mbox = new("--mbox") { Description = "An mbox file, in mboxrd form or without quoting.", HelpName = "FILE" };
    private readonly Option<string?> _maildir = new("--maildir") { Description = "A Maildir folder.", HelpName = "FOLDER" };

    public MailboxImport()
        : base(
            "import", "Copies messages from an mbox file or a Maildir folder into a mailbox; those that are there already are left out.",
            "mailctl mailbox import alice@example.org --mbox old.mbox")
    {
        Add(_account);
        Add(_mbox);
        Add(_maildir);
        Validators.Add(result =>
        {
            if (result.GetResult(_mbox) is not { Implicit: false } == result.GetResult(_maildir) is not { Implicit: false })
                result.AddError("Say where from: --mbox FILE, or --maildir FOLDER.");
        });
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var account = arguments.GetRequiredValue(_account);
        if (await MailboxOwner.RefuseAsync(account, stores, cancellationToken) is { } refusal)
            return refusal;
        var (file, folder) = (arguments.GetValue(_mbox), arguments.GetValue(_maildir));
        var (count, known) = (0, 0);
        try
        {
            if (folder is not null && !Directory.Exists(folder))
                return new Answer.Refused($"{folder} is no folder.");
            await foreach (var source in file is not null ? InMboxAsync(file, cancellationToken) : InMaildir(folder!).ToAsyncEnumerable())
            {
                switch (await CopyAsync(account, source, isMbox: file is not null, stores.Mailboxes, cancellationToken))
                {
                    case true:
                        count++;
                        break;
                    case false:
                        known++;
                        break;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Answer.Refused($"{file ?? folder}: {error.Message}; {count} messages were imported before, and the command can be repeated.");
        }
        return new Answer.Done(new TransferReport("imported", account.ToString(), count, known, Path.GetFullPath((file ?? folder)!)));
    }

    private readonly record struct Source(string File, long Start, long Length);

    private static async IAsyncEnumerable<Source> InMboxAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await foreach (var (start, length) in MboxMessages.FindAsync(file, cancellationToken))
            yield return new Source(path, start, length);
    }

    private static IEnumerable<Source> InMaildir(string path) => new Maildir(path).Messages.Select(file => new Source(file, 0, new FileInfo(file).Length));

    // Whether it was not there before; null for one of no octets.
    private static async Task<bool?> CopyAsync(EmailAddress account, Source source, bool isMbox, IMailboxStore mailboxes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{account}\n"));
        var reader = new MessageSummaryReader();
        var isEmpty = true;
        await foreach (var piece in ReadAsync(source, isMbox, cancellationToken))
        {
            hash.AppendData(piece.Span);
            reader.Pass(piece.Span);
            isEmpty &= piece.IsEmpty;
        }
        if (isEmpty)
            return null; // in a mailbox that would be the mark of a message that was deleted
        var summary = CopySummary.Of(reader.Complete());
        var uid = SpoolId.OfContent(summary.Date ?? DateTimeOffset.UnixEpoch, hash.GetHashAndReset());
        if (await mailboxes.BeginAsync(account, uid, ReadOnlyMemory<byte>.Empty, cancellationToken) is not { } upload)
            return false;
        upload.Summary = summary.ToText();
        // The last block is held back until the end is known. Each block has memory of its own: a request that was given up may still be reading it.
        byte[]? held = null;
        await foreach (var block in BlocksAsync(ReadAsync(source, isMbox, cancellationToken), cancellationToken))
        {
            if (held is not null)
                await upload.WriteAsync(held, last: false, cancellationToken);
            held = block;
        }
        await upload.WriteAsync(held ?? [], last: true, cancellationToken);
        return true;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Source source, bool isMbox, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(source.File);
        file.Position = source.Start;
        var lines = new MboxLines(isMbox);
        var output = new ArrayBufferWriter<byte>();
        var buffer = new byte[64 * 1024];
        for (var left = source.Length; left > 0;)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException($"{source.File} has become shorter");
            left -= count;
            output.ResetWrittenCount();
            lines.Write(buffer.AsSpan(0, count), output);
            yield return output.WrittenMemory;
        }
        output.ResetWrittenCount();
        lines.End(output);
        yield return output.WrittenMemory;
    }

    private static async IAsyncEnumerable<byte[]> BlocksAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var block = new ArrayBufferWriter<byte>(BlockLength);
        await foreach (var piece in pieces.WithCancellation(cancellationToken))
        {
            block.Write(piece.Span);
            if (block.WrittenCount < BlockLength)
                continue;
            yield return block.WrittenSpan.ToArray();
            block.ResetWrittenCount();
        }
        if (block.WrittenCount > 0)
            yield return block.WrittenSpan.ToArray();
    }
}
