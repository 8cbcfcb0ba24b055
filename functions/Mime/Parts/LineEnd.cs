// The line end that may belong to a boundary.
namespace MailFunctions.Mime.Parts;

/// <summary>Shows content on, but for a line end before what may be a boundary: that is withheld until it is known.</summary>
internal sealed class LineEnd
{
    private enum Withheld
    {
        Nothing,
        Return,
        Newline,
        ReturnNewline,
    }

    private Withheld _withheld;

    /// <summary>Takes content from within a line up to the start of one that begins with a hyphen.</summary>
    /// <param name="content">The content.</param>
    /// <param name="reader">Who is shown it.</param>
    /// <param name="part">Whose content it is.</param>
    /// <param name="atLineStart">True if the next octet begins a line.</param>
    /// <returns>How many octets were taken.</returns>
    public int Pass(ReadOnlySpan<byte> content, IPartContent? reader, MimePart part, out bool atLineStart)
    {
        atLineStart = true;
        if (_withheld == Withheld.Return && content[0] == '\n')
        {
            _withheld = Withheld.ReturnNewline;
            return 1;
        }
        Release(reader, part);
        for (var at = 0; ;)
        {
            var end = content[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                atLineStart = false;
                PassOpenLine(content, reader, part);
                return content.Length;
            }
            at += end + 1;
            if (at < content.Length && content[at] != '-')
                continue;
            _withheld = at >= 2 && content[at - 2] == '\r' ? Withheld.ReturnNewline : Withheld.Newline;
            Show(content[..(at - Length)], reader, part);
            return at;
        }
    }

    /// <summary>Withholds the line end of a closing boundary, which the next boundary may claim.</summary>
    public void Withhold(int length) => _withheld = length switch
    {
        0 => Withheld.Nothing,
        1 => Withheld.Newline,
        _ => Withheld.ReturnNewline,
    };

    /// <summary>What is withheld is content after all.</summary>
    public void Release(IPartContent? reader, MimePart part)
    {
        ReadOnlySpan<byte> octets = _withheld switch
        {
            Withheld.Return => "\r"u8,
            Withheld.Newline => "\n"u8,
            Withheld.ReturnNewline => "\r\n"u8,
            _ => default,
        };
        _withheld = Withheld.Nothing;
        Show(octets, reader, part);
    }

    /// <summary>What is withheld belongs to a boundary.</summary>
    /// <returns>Its length.</returns>
    public int Drop()
    {
        var length = Length;
        _withheld = Withheld.Nothing;
        return length;
    }

    private int Length => _withheld switch
    {
        Withheld.Nothing => 0,
        Withheld.ReturnNewline => 2,
        _ => 1,
    };

    private void PassOpenLine(ReadOnlySpan<byte> content, IPartContent? reader, MimePart part)
    {
        if (content[^1] == '\r')
        {
            _withheld = Withheld.Return;
            content = content[..^1];
        }
        Show(content, reader, part);
    }

    private static void Show(ReadOnlySpan<byte> octets, IPartContent? reader, MimePart part)
    {
        if (!octets.IsEmpty)
            reader?.Pass(part, octets);
    }
}
