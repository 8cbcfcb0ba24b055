// Reads a message in one pass and tells where its parts are.
using System.Buffers;

namespace MailFunctions.Mime.Parts;

/// <summary>
/// Takes a message in pieces cut anywhere, and keeps nothing of it but headers, one line that may be a boundary, and the way down to where it is. It
/// works in a loop, never by calling itself, so that no nesting exhausts the stack.
/// </summary>
/// <remarks>
/// Where the standards leave a message ambiguous this is the one reading of it: a line is a boundary if it is nothing but the boundary and spaces, of
/// the innermost part that watches for it; a field that stands there twice counts once, the first; a header ends at the empty line or before the first
/// line that is no field; LF ends lines as CR LF does, and a lone CR ends none.
/// </remarks>
public sealed class MimeReader
{
    private enum Stage
    {
        Header,
        MailboxLine,
        Content,
        Between, // before, behind or between parts
        Rest, // past the limit of parts
    }

    private readonly IPartContent? _content;
    private readonly HeaderGathering _header = new();
    private readonly List<MimePart> _parts = [];
    private readonly List<OpenPart> _open = [];
    private readonly BoundaryLine _held = new();
    private readonly LineEnd _lineEnd = new();
    private Stage _stage;
    private bool _atLineStart = true;
    private long _offset; // of the first octet that is not dealt with; what is held is not
    private int _headerOctets;
    private int _watching; // parts that watch for a boundary

    /// <summary>Begins a message.</summary>
    /// <param name="content">Who is shown the content, if anyone.</param>
    public MimeReader(IPartContent? content = null)
    {
        _content = content;
        BeginPart(parent: null);
    }

    private OpenPart Innermost => _open[^1];

    /// <summary>Reads a message from a stream to its end.</summary>
    public static async ValueTask<MimeMessage> ReadAsync(Stream message, IPartContent? content, CancellationToken cancellationToken)
    {
        var reader = new MimeReader(content);
        var block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await message.ReadAsync(block, cancellationToken) is > 0 and var count)
                reader.Pass(block.AsSpan(0, count));
            return reader.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Reads a message that is in memory.</summary>
    public static MimeMessage Read(ReadOnlySequence<byte> message, IPartContent? content = null)
    {
        var reader = new MimeReader(content);
        foreach (var piece in message)
            reader.Pass(piece.Span);
        return reader.Complete();
    }

    /// <summary>Reads the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var taken = _atLineStart && _watching > 0 && _stage != Stage.Rest ? PassLineStart(content) : PassWithinLine(content);
            content = content[taken..];
        }
    }

    /// <summary>Ends the message, and tells of its parts.</summary>
    public MimeMessage Complete()
    {
        EndHeldLine();
        while (_stage == Stage.Header && _header.EndsInNoField())
        {
            EndHeaderBefore(_header.NoField.ToArray());
            EndHeldLine();
        }
        if (_stage == Stage.Content)
            _lineEnd.Release(_content, Innermost.Part);
        while (_open.Count > 0)
            Close(_offset);
        return new MimeMessage(_parts, _offset);
    }

    // Holds a line that may be a boundary, until it is known. Most lines are let go at their first octet.
    private int PassLineStart(ReadOnlySpan<byte> content)
    {
        if (_held.Length == 0 && content[0] != '-')
        {
            _atLineStart = false;
            return 0;
        }
        var taken = _held.Take(content);
        if (_held.IsDecided && (!_held.IsWhole || !TryEndAtBoundary()))
            ReleaseHeld();
        return taken;
    }

    private void EndHeldLine()
    {
        while (_held.Length > 0 && !TryEndAtBoundary())
            ReleaseHeld();
    }

    // If it ends a header it is held once more, for the boundary that was read there; the same octets are then put where they are.
    private void ReleaseHeld()
    {
        var line = _held.Octets;
        _held.Clear();
        _atLineStart = false;
        Pass(line);
    }

    private int PassWithinLine(ReadOnlySpan<byte> content)
    {
        switch (_stage)
        {
            case Stage.Header:
                return PassHeader(content);
            case Stage.Content or Stage.Between when _watching > 0:
                var taken = _lineEnd.Pass(content, _stage == Stage.Content ? _content : null, Innermost.Part, out _atLineStart);
                _offset += taken;
                return taken;
            case Stage.Content:
                _content?.Pass(Innermost.Part, content);
                _offset += content.Length;
                return content.Length;
            case Stage.Rest:
                _offset += content.Length;
                return content.Length;
            default:
                var piece = ToLineEnd(content);
                _offset += piece.Length;
                _atLineStart = piece[^1] == '\n';
                if (_atLineStart && _stage == Stage.MailboxLine)
                    _stage = Stage.Header;
                return piece.Length;
        }
    }

    private int PassHeader(ReadOnlySpan<byte> content)
    {
        var outcome = _header.Pass(ToLineEnd(content), out var taken);
        _offset += taken;
        _atLineStart = taken > 0 && content[taken - 1] == '\n';
        if (outcome == HeaderGathering.Outcome.Ended)
            EndHeader(isOver: false);
        else if (outcome == HeaderGathering.Outcome.NoField)
            EndHeaderBefore(_header.NoField.ToArray());
        return taken;
    }

    // The line that begins here is no field.
    private void EndHeaderBefore(ReadOnlySpan<byte> line)
    {
        if (_offset - line.Length == Innermost.Part.Offset && Innermost.Part.IsMessage && (line.StartsWith("From "u8) || line.StartsWith(">From "u8)))
        {
            Innermost.Part.Defects |= Defects.MailboxLine;
            _header.Begin(MimeLimits.HeaderOctets);
            _stage = Stage.MailboxLine;
            return;
        }
        _offset -= line.Length;
        Innermost.Part.Defects |= Defects.HeaderNotEnded;
        EndHeader(isOver: false);
        _atLineStart = true;
        Pass(line);
    }

    // isOver: the part ends here too, and has no parts.
    private void EndHeader(bool isOver)
    {
        var open = Innermost;
        var part = open.Part;
        part.Defects |= _header.Defects;
        part.Take(_header.Finish());
        part.BodyOffset = _offset;
        _headerOctets += part.Header.Octets.Length;
        _stage = Stage.Content;
        if (!isOver && part.ContentType.IsMultipart)
            Split(open);
        else if (part.ContentType.IsMessage)
            part.IsSplit = !isOver && MayHoldMessage(part);
        _content?.Begin(part);
        if (part.IsSplit && !part.ContentType.IsMultipart)
            BeginPart(part);
    }

    private void Split(OpenPart open)
    {
        var part = open.Part;
        var trouble = open.Watch();
        part.Defects |= trouble;
        if (trouble != Defects.None)
            return;
        foreach (var outer in _open)
        {
            if (outer != open && outer.Watches && outer.Boundary.AsSpan().SequenceEqual(open.Boundary))
                part.Defects |= Defects.BoundaryClash;
        }
        part.IsSplit = true;
        _watching++;
        _stage = Stage.Between;
    }

    private bool MayHoldMessage(MimePart part)
    {
        var trouble = !Decoding.TransferEncodingNames.IsIdentity(part.Encoding) ? Defects.EncodedMessage
            : part.Depth >= MimeLimits.Depth ? Defects.TooDeep
            : _parts.Count >= MimeLimits.Parts ? Defects.TooManyParts
            : Defects.None;
        part.Defects |= trouble;
        return trouble == Defects.None;
    }

    private void BeginPart(MimePart? parent)
    {
        var isInDigest = parent is { ContentType: { Type: "multipart", Subtype: "digest" } };
        var part = new MimePart(_parts.Count, parent, isInDigest ? Fields.ContentType.Message : Fields.ContentType.Plain, _offset);
        parent?.Add(part);
        _parts.Add(part);
        _open.Add(new OpenPart(part));
        _header.Begin(Math.Min(MimeLimits.HeaderOctets, MimeLimits.HeaderOctetsInAll - _headerOctets));
        _stage = Stage.Header;
    }

    private bool TryEndAtBoundary()
    {
        var match = _held.Match(_open, out var index);
        if (match == BoundaryMatch.None)
            return false;
        var end = _offset - _lineEnd.Drop();
        while (_open.Count > index + 1)
            Close(end);
        _offset += _held.Length;
        var lineEnd = _held.LineEndLength;
        _held.Clear();
        _atLineStart = true;
        _stage = Stage.Between;
        if (match == BoundaryMatch.Close)
        {
            _lineEnd.Withhold(lineEnd);
            Innermost.IsClosed = true;
            _watching--;
        }
        else if (_parts.Count < MimeLimits.Parts)
        {
            BeginPart(Innermost.Part);
        }
        else
        {
            Innermost.Part.Defects |= Defects.TooManyParts;
            _stage = Stage.Rest;
        }
        return true;
    }

    private void Close(long end)
    {
        var open = Innermost;
        var part = open.Part;
        if (_stage is Stage.Header or Stage.MailboxLine)
        {
            part.Defects |= part.Parent is { ContentType.IsMultipart: true } ? Defects.HeaderNotEnded : Defects.None;
            EndHeader(isOver: true);
        }
        _open.RemoveAt(_open.Count - 1);
        _stage = Stage.Between;
        part.End = Math.Max(end, part.BodyOffset);
        if (open.Watches)
        {
            part.Defects |= Defects.UnclosedMultipart;
            _watching--;
        }
        if (part.ContentType.IsMultipart && part.Children.Count == 0)
            part.Defects |= Defects.EmptyMultipart;
        _content?.End(part);
    }

    private static ReadOnlySpan<byte> ToLineEnd(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        return end < 0 ? content : content[..(end + 1)];
    }
}
