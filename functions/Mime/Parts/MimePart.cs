// A part of a message: where it is, and what its header says of it.
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mime.Parts;

/// <summary>
/// A message, or a part of one, as offsets into the message that was read; nothing of its content is kept but its header.
/// </summary>
public sealed class MimePart
{
    internal MimePart(int index, MimePart? parent, ContentType expected, long offset)
    {
        Index = index;
        Parent = parent;
        Depth = parent is null ? 0 : parent.Depth + 1;
        ContentType = expected;
        Offset = BodyOffset = End = offset;
    }

    /// <summary>Its place among the message's parts, in the order in which they begin; the message itself is 0.</summary>
    public int Index { get; }

    /// <summary>The multipart or message that it stands in, or null for the message itself.</summary>
    public MimePart? Parent { get; }

    /// <summary>How many parts it stands in.</summary>
    public int Depth { get; }

    /// <summary>Its parts, if it is a multipart; if it is a message in the message, that one's own header and content.</summary>
    public IReadOnlyList<MimePart> Children => ChildList;

    /// <summary>Where its header begins.</summary>
    public long Offset { get; }

    /// <summary>Where its content begins, behind the empty line.</summary>
    public long BodyOffset { get; internal set; }

    /// <summary>Where its content ends; the line break before a boundary belongs to the boundary (RFC 2046 5.1.1).</summary>
    public long End { get; internal set; }

    /// <summary>The octets of its content as it stands in the message, encoded.</summary>
    public long BodyLength => End - BodyOffset;

    /// <summary>Its header.</summary>
    public HeaderBlock Header { get; private set; } = HeaderBlock.Empty;

    /// <summary>What it is.</summary>
    public ContentType ContentType { get; private set; }

    /// <summary>How it wants to be shown, or null if it does not say.</summary>
    public ContentDisposition? Disposition { get; private set; }

    /// <summary>How its content is encoded. A multipart is not, whatever it says.</summary>
    public TransferEncoding Encoding { get; private set; } = TransferEncoding.SevenBit;

    /// <summary>What is wrong with it.</summary>
    public Defects Defects { get; internal set; }

    /// <summary>The name it would have as a file, decoded, or null. It may hold anything but control characters, slashes too.</summary>
    public string? FileName => NotEmpty(Disposition?.Parameters["filename"]) ?? NotEmpty(ContentType.Parameters["name"]);

    /// <summary>True if it has no parts: its content is one thing.</summary>
    public bool IsLeaf => !IsSplit;

    /// <summary>True for text that a mail program shows without being asked.</summary>
    public bool IsShownText =>
        IsLeaf && ContentType is { Type: "text", Subtype: "plain" or "html" or "enriched" } && FileName is null && Disposition is not { IsAttachment: true };

    /// <summary>Its place in the tree, counted from 1: <c>1</c> is the message, <c>1.2</c> its second part.</summary>
    public string Path { get; private set; } = "1";

    internal List<MimePart> ChildList { get; } = [];

    /// <summary>True for the message itself, and for what stands in a part that is a message.</summary>
    internal bool IsMessage => Parent is null || Parent.ContentType.IsMessage;

    /// <summary>True if it is read as a multipart or a message in the message.</summary>
    internal bool IsSplit { get; set; }

    internal void Add(MimePart child)
    {
        ChildList.Add(child);
        child.Path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path}.{ChildList.Count}");
    }

    /// <summary>Reads what the header says of the content.</summary>
    internal void Take(HeaderBlock header)
    {
        Header = header;
        var defects = Defects;
        if (Single("content-type"u8, ref defects) is { } type)
            ContentType = ContentType.Read(type.Value, ref defects);
        if (Single("content-disposition"u8, ref defects) is { } disposition)
            Disposition = ContentDisposition.Read(disposition.Value, ref defects);
        if (Single("content-transfer-encoding"u8, ref defects) is { } encoding)
            Encoding = ReadEncoding(encoding.Value, ref defects);
        if (ContentType.IsMultipart && !Encoding.IsIdentity())
        {
            defects |= Defects.EncodedMultipart;
            Encoding = TransferEncoding.EightBit;
        }
        Defects = defects;
    }

    private HeaderField? Single(ReadOnlySpan<byte> name, ref Defects defects)
    {
        if (Header.CountOf(name) > 1)
            defects |= Defects.DuplicateField;
        return Header.Find(name);
    }

    private static TransferEncoding ReadEncoding(string value, ref Defects defects)
    {
        var scanner = new FieldScanner(value);
        if (!TransferEncodingNames.TryParse(scanner.ReadType(), out var encoding))
            defects |= Defects.UnknownEncoding;
        return encoding;
    }

    private static string? NotEmpty(string? name) => string.IsNullOrEmpty(name) ? null : name;
}
