// Makes a message's summary while the message passes by.
using MailFunctions.Mime.Fields;
using MailFunctions.Mime.Parts;

namespace MailFunctions.Mime.Summaries;

/// <summary>Takes a message in pieces cut anywhere, in one pass; of its content it keeps the beginning of one text.</summary>
public sealed class MessageSummaryReader : IPartContent
{
    private readonly MimeReader _reader;
    private readonly List<Attachment> _attachments = [];
    private PreviewText? _preview;
    private MimePart? _previewed;
    private PartDecoding? _decoding;
    private DecodedCount _count = new(null);

    /// <summary>Begins a message.</summary>
    public MessageSummaryReader() => _reader = new MimeReader(this);

    /// <summary>Reads the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content) => _reader.Pass(content);

    /// <summary>Ends the message, and tells of it.</summary>
    public MessageSummary Complete()
    {
        var message = _reader.Complete();
        var header = message.Root.Header;
        var from = Addresses(header.Find("from"u8));
        var to = Addresses(header.Find("to"u8));
        return new MessageSummary
        {
            From = [.. from.Mailboxes.Take(MessageSummary.MostMailboxes)],
            To = [.. to.Mailboxes.Take(MessageSummary.MostMailboxes)],
            Subject = header.Find("subject"u8) is { } subject ? Shorten(subject.Text, MessageSummary.SubjectLength) : null,
            Date = header.Find("date"u8) is { } date && MailDate.TryParse(date.Value, out var time) ? time : null,
            MessageId = MessageIdField.Find(header.Octets.Span),
            Preview = _preview?.Finish() ?? "",
            Attachments = _attachments,
            Automation = Automation.Of(header, message.Root.ContentType),
            Defects = message.Defects | from.Defects | to.Defects,
        };
    }

    /// <summary>Makes the summary of a message that comes from a stream.</summary>
    public static async ValueTask<MessageSummary> ReadAsync(Stream message, CancellationToken cancellationToken)
    {
        var reader = new MessageSummaryReader();
        var block = new byte[16 * 1024];
        while (await message.ReadAsync(block, cancellationToken) is > 0 and var count)
            reader.Pass(block.AsSpan(0, count));
        return reader.Complete();
    }

    void IPartContent.Begin(MimePart part)
    {
        if (!part.IsLeaf)
            return;
        if (_previewed is null && part.IsShownText)
        {
            _previewed = part;
            _preview = new PreviewText(PartDecoding.CharsetOf(part), isHtml: part.ContentType.Subtype == "html");
        }
        _count = new DecodedCount(ReferenceEquals(_previewed, part) ? _preview : null);
        _decoding = new PartDecoding(part, _count);
    }

    void IPartContent.Pass(MimePart part, ReadOnlySpan<byte> content) => _decoding?.Pass(content);

    void IPartContent.End(MimePart part)
    {
        if (part.IsLeaf)
            _decoding?.End();
        if (part.IsLeaf ? !part.IsShownText : part.ContentType.IsMessage)
            _attachments.Add(new Attachment(part.Path, part.FileName, part.ContentType.MediaType, part.IsLeaf ? _count.Octets : part.BodyLength));
    }

    private static AddressList Addresses(HeaderField? field) => field is { } found ? AddressList.Read(found.Value) : AddressList.Empty;

    private static string Shorten(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
