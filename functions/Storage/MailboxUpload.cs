// A copy of a large message on its way into a mailbox.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Stages what it is given block by block, the head in front of the first one, and commits with the last.</summary>
internal sealed class MailboxUpload(StoreContainer mailboxes, string name, ReadOnlyMemory<byte> head) : IMailboxUpload
{
    private readonly BlockUpload _upload = mailboxes.Upload(name);
    private int _blocks;

    /// <inheritdoc/>
    public string? Summary { get; set; }

    /// <inheritdoc/>
    public async Task WriteAsync(ReadOnlyMemory<byte> block, bool last, CancellationToken cancellationToken)
    {
        var content = new BlobContent(_blocks == 0 ? head : default, block);
        if (_blocks == 0 && last)
        {
            await mailboxes.CreateAsync(name, content, ContentTypes.Message, SummaryMetadata.Of(Summary), cancellationToken);
            return;
        }
        // A Put Block of nothing is refused; a message may well end where a block does.
        if (content.First.Length + content.Second.Length > 0)
            await _upload.StageAsync(_blocks++, content, cancellationToken);
        if (last)
            await _upload.CommitAsync(_blocks, ContentTypes.Message, SummaryMetadata.Of(Summary), cancellationToken);
    }
}
