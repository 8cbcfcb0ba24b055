// Finds where TOP ends: behind the header, the empty line and so many lines of the body.
namespace MailFunctions.Gateway.Pop3;

/// <summary>Counts lines over pieces that are cut anywhere.</summary>
/// <param name="lines">How many lines of the body are wanted, 0 or more.</param>
internal struct TopCutter(long lines)
{
    private long _wanted = lines;
    private bool _inBody;
    private bool _lineHasText;
    private bool _afterCr;

    /// <summary>True once everything wanted has been taken.</summary>
    public bool Ended { get; private set; }

    /// <summary>How many octets of the next piece are wanted.</summary>
    public int Take(ReadOnlySpan<byte> piece)
    {
        var taken = 0;
        while (taken < piece.Length && !Ended)
        {
            var rest = piece[taken..];
            var end = rest.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            if (!text.IsEmpty)
            {
                // A CR alone before the LF is no text, also when it came at the end of the piece before.
                _lineHasText |= _afterCr || text[0] != '\r' || text.Length > 1;
                _afterCr = text[^1] == '\r';
            }
            taken += text.Length;
            if (end < 0)
                break;
            taken++;
            EndLine();
        }
        return taken;
    }

    private void EndLine()
    {
        if (_inBody)
            _wanted--;
        else
            _inBody = !_lineHasText;
        Ended = _inBody && _wanted <= 0;
        _lineHasText = _afterCr = false;
    }
}
