// Gathers the header of a part, octets as they come.
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mime.Parts;

/// <summary>Keeps the fields of one header within the limits, and finds its end.</summary>
internal sealed class HeaderGathering
{
    /// <summary>What a piece of a header turned out to be.</summary>
    public enum Outcome
    {
        /// <summary>The header goes on.</summary>
        More,

        /// <summary>The empty line has come.</summary>
        Ended,

        /// <summary>The line is no field: it begins the content.</summary>
        NoField,
    }

    private enum Line
    {
        Start,
        Return, // a CR at the start of a line
        Blank, // spaces before the first field
        Name,
        AfterName,
        Value,
        Passed, // not kept
    }

    private const int LongestName = 1_000;

    private readonly List<FieldPlace> _fields = [];
    private byte[] _octets = new byte[512];
    private int _length;
    private Line _line;
    private int _fieldStart;
    private int _nameLength;
    private int _colonAt;
    private bool _hasField; // one is being read
    private int _limit;

    /// <summary>What was wrong so far.</summary>
    public Defects Defects { get; private set; }

    /// <summary>The octets of the line that was just found to be no field.</summary>
    public ReadOnlySpan<byte> NoField => _octets.AsSpan(_fieldStart, _length - _fieldStart);

    private bool IsCut => (Defects & (Defects.HeaderTooLarge | Defects.TooManyFields)) != 0;

    /// <summary>Begins a header.</summary>
    /// <param name="limit">Octets that are kept.</param>
    public void Begin(int limit)
    {
        _fields.Clear();
        (_length, _fieldStart, _line, _hasField, _limit, Defects) = (0, 0, Line.Start, false, limit, Defects.None);
    }

    /// <summary>Takes octets up to the end of the header, or of what is no field.</summary>
    /// <param name="content">The octets.</param>
    /// <param name="taken">How many were taken; all, if the header goes on.</param>
    public Outcome Pass(ReadOnlySpan<byte> content, out int taken)
    {
        for (taken = 0; taken < content.Length;)
        {
            if (_line is Line.Value or Line.Passed)
            {
                taken += PassLine(content[taken..]);
                continue;
            }
            var outcome = Pass(content[taken]);
            if (outcome == Outcome.NoField)
                return outcome;
            taken++;
            if (outcome == Outcome.Ended)
                return outcome;
        }
        return Outcome.More;
    }

    /// <summary>The message is over. True if that leaves a line that is no field: a name without its colon, or a CR without its LF.</summary>
    public bool EndsInNoField()
    {
        if (_line == Line.Return)
            BeginNoField();
        return _line is Line.Name or Line.AfterName or Line.Return or Line.Blank;
    }

    /// <summary>The header as far as it came.</summary>
    public HeaderBlock Finish()
    {
        EndField();
        return new HeaderBlock(_octets.AsMemory(0, _fields.Count == 0 ? 0 : _fields[^1].Start + _fields[^1].Length).ToArray(), [.. _fields]);
    }

    private Outcome Pass(byte octet)
    {
        switch (_line)
        {
            case Line.Start when octet == '\n':
                return Outcome.Ended;
            case Line.Start when octet == '\r':
                _line = Line.Return;
                return Outcome.More;
            case Line.Return when octet == '\n':
                return Outcome.Ended;
            case Line.Return:
                BeginNoField();
                return Outcome.NoField;
            case Line.Blank:
                return PassBlank(octet);
            case Line.Start when octet is (byte)' ' or (byte)'\t':
                _line = _hasField ? Line.Value : IsCut ? Line.Passed : Line.Blank;
                return _line == Line.Blank ? PassBlank(octet) : PassOne(octet);
            case Line.Start:
                EndField();
                _line = Line.Name;
                return PassName(octet);
            default:
                return PassName(octet);
        }
    }

    // A line of spaces alone before the first field folds nothing, and ends nothing (CPython passes it over likewise).
    private Outcome PassBlank(byte octet)
    {
        if (octet == '\n')
        {
            _length = _fieldStart;
            _line = Line.Start;
            Defects |= Defects.MalformedField;
            return Outcome.More;
        }
        if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r') || _length - _fieldStart >= LongestName)
            return Outcome.NoField;
        Keep(octet);
        return Outcome.More;
    }

    // A bare CR is no line end, and begins no field.
    private void BeginNoField()
    {
        EndField();
        Keep((byte)'\r');
    }

    // RFC 5322 2.2: printable ASCII but the colon; 4.5 still allows spaces before it.
    private Outcome PassName(byte octet)
    {
        var length = _length - _fieldStart;
        if (octet == ':')
        {
            if (_line == Line.Name)
                _nameLength = length;
            _colonAt = length;
            if (length == 0)
                Defects |= Defects.MalformedField;
            Keep(octet);
            _line = Line.Value;
            _hasField = true;
            return Outcome.More;
        }
        if (octet is (byte)' ' or (byte)'\t' && length is > 0 and < LongestName)
        {
            if (_line == Line.Name)
                _nameLength = length;
            _line = Line.AfterName;
            Keep(octet);
            return Outcome.More;
        }
        if (_line == Line.AfterName || octet is <= (byte)' ' or > (byte)'~' || length >= LongestName)
            return Outcome.NoField;
        Keep(octet);
        return Outcome.More;
    }

    private Outcome PassOne(byte octet)
    {
        PassLine([octet]);
        return Outcome.More;
    }

    private int PassLine(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        var piece = end < 0 ? content : content[..(end + 1)];
        if (_line == Line.Value && _length + piece.Length > _limit)
        {
            DropField(Defects.HeaderTooLarge);
            _limit = 0; // nothing behind it is kept either, or fields would stand there as neighbours that are none
        }
        if (_line == Line.Value)
            Keep(piece);
        if (end >= 0)
            _line = Line.Start;
        return piece.Length;
    }

    private void EndField()
    {
        if (!_hasField)
        {
            _length = _fieldStart;
            return;
        }
        _hasField = false;
        if (_fields.Count == MimeLimits.Fields)
        {
            DropField(Defects.TooManyFields);
            return;
        }
        if (_nameLength > 0)
            _fields.Add(new FieldPlace(_fieldStart, _nameLength, _colonAt, _length - _fieldStart));
        else
            _length = _fieldStart;
        _fieldStart = _length;
    }

    private void DropField(Defects why)
    {
        Defects |= why;
        _length = _fieldStart;
        _hasField = false;
        _line = Line.Passed;
    }

    private void Keep(byte octet) => Keep([octet]);

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length > _octets.Length)
            Array.Resize(ref _octets, Math.Max(_length + piece.Length, 2 * _octets.Length));
        piece.CopyTo(_octets.AsSpan(_length));
        _length += piece.Length;
    }
}
