// The reading of one message from its first octet to its last.
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Fields;
using MailFunctions.Mime.Parts;

namespace MailFunctions.Mailctl.Inspect;

/// <summary>Gathers what is told of a message while it passes by. Of its content it keeps one text, up to a limit, and a hash for each part.</summary>
internal sealed class Inspection : IPartContent, IDisposable
{
    /// <summary>Characters of the text that are kept.</summary>
    public const int TextLength = 1024 * 1024;

    private const int BlockLength = 64 * 1024;

    private readonly MimeReader _reader;
    private readonly Dictionary<int, (long Octets, string Sha256)> _digests = []; // by the part's place among the parts
    private TextDecoder? _text;
    private DecodedDigest? _digest; // of the part that is passing by: parts with content do not overlap
    private PartDecoding? _decoding;

    private Inspection() => _reader = new MimeReader(this);

    /// <summary>Reads a message. What <paramref name="read"/> throws passes through.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="read">Reads the next octets of it; 0 at its end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<InspectedMessage> ReadAsync(
        MessageSource source, Func<Memory<byte>, CancellationToken, ValueTask<int>> read, CancellationToken cancellationToken)
    {
        using var inspection = new Inspection();
        var block = new byte[BlockLength];
        while (await read(block, cancellationToken) is > 0 and var count)
            inspection._reader.Pass(block.AsSpan(0, count));
        return inspection.Complete(source);
    }

    void IPartContent.Begin(MimePart part)
    {
        if (!part.IsLeaf)
            return;
        TextDecoder? text = null;
        if (_text is null && part.IsShownText)
            text = _text = new TextDecoder(PartDecoding.CharsetOf(part), TextLength);
        _digest = new DecodedDigest(text);
        _decoding = new PartDecoding(part, _digest);
    }

    void IPartContent.Pass(MimePart part, ReadOnlySpan<byte> content) => _decoding?.Pass(content);

    void IPartContent.End(MimePart part)
    {
        if (!part.IsLeaf || _digest is null)
            return;
        _decoding?.End();
        _digests.Add(part.Index, (_digest.Octets, _digest.Finish()));
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _digest?.Dispose();
        (_digest, _decoding) = (null, null);
    }

    private InspectedMessage Complete(MessageSource source)
    {
        var message = _reader.Complete();
        var header = message.Root.Header;
        var (from, to) = (Addresses(header.Find("from"u8)), Addresses(header.Find("to"u8)));
        return new InspectedMessage(
            source.File, source.Id, source.Account, message.Octets, [.. header.Fields.Select(field => new FieldView(field.Name, field.Text))],
            MailboxNameView.Of(from), MailboxNameView.Of(to), [Tree(message)], _text?.Finish(), _text?.IsFull ?? false,
            InspectedMessage.NamesOf(message.Defects | from.Defects | to.Defects));
    }

    // Parts follow those that they stand in.
    private PartView Tree(MimeMessage message)
    {
        var children = new List<PartView>[message.Parts.Count];
        PartView? root = null;
        foreach (var part in message.Parts)
        {
            children[part.Index] = [];
            var view = View(part, children[part.Index]);
            root ??= view;
            if (part.Parent is { } parent)
                children[parent.Index].Add(view);
        }
        return root!;
    }

    private PartView View(MimePart part, IReadOnlyList<PartView> children)
    {
        (long Octets, string Sha256)? digest = _digests.TryGetValue(part.Index, out var known) ? known : null;
        return new PartView(
            part.Path, part.ContentType.MediaType, part.ContentType.Parameters["charset"], part.Encoding.Name(), part.Disposition?.Type, part.FileName,
            digest?.Octets, digest?.Sha256, children);
    }

    private static AddressList Addresses(HeaderField? field) => field is { } found ? AddressList.Read(found.Value) : AddressList.Empty;
}
