// Keeps a message's header while it arrives, up to a limit.
namespace MailFunctions.Authentication.Dkim;

/// <summary>The header fields of a message whose octets pass in pieces cut anywhere. A line feed alone ends a line too, and is kept as CR LF.</summary>
internal sealed class HeaderBlock
{
    /// <summary>The most octets of a header that is judged.</summary>
    public const int MaxOctets = 256 * 1024;

    /// <summary>The most fields of a header that is judged.</summary>
    public const int MaxFields = 1000;

    private const int FirstSize = 4096;

    private readonly List<int> _starts = [];
    private byte[] _octets = new byte[FirstSize];
    private int _length;
    private int _lineStart;
    private bool _lineIsEmpty = true; // but for a CR; kept apart, because a header that is too large is not stored

    /// <summary>True once the empty line has passed.</summary>
    public bool Ended { get; private set; }

    /// <summary>True if the header went over a limit: it is then not judged.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The fields, once the header has ended.</summary>
    public IReadOnlyList<RawField> Fields { get; private set; } = [];

    /// <summary>Looks at the next octets, up to the end of the header.</summary>
    /// <returns>How many belonged to the header.</returns>
    public int Pass(ReadOnlySpan<byte> content)
    {
        var taken = 0;
        while (!Ended && taken < content.Length)
        {
            var rest = content[taken..];
            var feed = rest.IndexOf((byte)'\n');
            var piece = feed < 0 ? rest : rest[..feed];
            Append(piece);
            taken += piece.Length;
            if (feed >= 0)
            {
                taken++;
                EndLine();
            }
        }
        return taken;
    }

    /// <summary>Says that nothing more comes: a header may end without its empty line.</summary>
    public void Complete()
    {
        if (Ended)
            return;
        if (!_lineIsEmpty || _length > _lineStart)
            EndLine();
        End();
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
            return;
        if (_lineIsEmpty && (piece.Length > 1 || piece[0] != '\r' || (_length > _lineStart && !IsTooLarge)))
            _lineIsEmpty = false;
        if (IsTooLarge)
            return;
        if (piece.Length > MaxOctets - 2 - _length)
        {
            GiveUp();
            return;
        }
        if (_length + piece.Length + 2 > _octets.Length)
            Array.Resize(ref _octets, Math.Max(2 * _octets.Length, _length + piece.Length + 2));
        piece.CopyTo(_octets.AsSpan(_length));
        _length += piece.Length;
    }

    private void EndLine()
    {
        if (_lineIsEmpty)
        {
            _length = _lineStart;
            End();
            return;
        }
        _lineIsEmpty = true;
        if (IsTooLarge)
            return;
        if (_octets[_length - 1] == '\r')
            _length--;
        _octets[_length++] = (byte)'\r';
        _octets[_length++] = (byte)'\n';
        if (_starts.Count == 0 || _octets[_lineStart] is not ((byte)' ' or (byte)'\t'))
            _starts.Add(_lineStart);
        _lineStart = _length;
        if (_starts.Count > MaxFields || _length > MaxOctets - 2)
            GiveUp();
    }

    private void GiveUp()
    {
        IsTooLarge = true;
        _octets = [];
        _starts.Clear();
        _length = _lineStart = 0;
    }

    private void End()
    {
        Ended = true;
        var fields = new List<RawField>(_starts.Count);
        for (var i = 0; i < _starts.Count; i++)
            fields.Add(new RawField(_octets.AsMemory(_starts[i]..(i + 1 < _starts.Count ? _starts[i + 1] : _length))));
        Fields = fields;
    }
}
