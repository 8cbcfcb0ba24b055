// Finds the end of message content and takes off the dots that were stuffed, octet by octet and nothing else.
using System.Buffers;

namespace MailFunctions.Wire;

/// <summary>What is wrong with content that was nevertheless read to its true end.</summary>
[Flags]
public enum ContentDefects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A CR that no LF follows.</summary>
    BareCarriageReturn = 1,

    /// <summary>An LF that follows no CR.</summary>
    BareLineFeed = 2,

    /// <summary>A NUL.</summary>
    Nul = 4,

    /// <summary>A line of more than <see cref="DotDecoder.MaxLineLength"/> octets.</summary>
    LongLine = 8,
}

/// <summary>
/// The state machine of RFC 5321 4.5.2. Content ends at CR LF . CR LF, or at . CR LF as its very first octets, and at nothing that merely looks like
/// it: a dot between other line ends is content, and its strange line ends are reported as defects. The machine carries its state over any cut of
/// the input.
/// </summary>
public struct DotDecoder
{
    /// <summary>The longest line, in octets without its end, that is not reported as a defect. RFC 5321 4.5.3.1.6 asks for 998; mail in use has more.</summary>
    public const int MaxLineLength = 65_536;

    private static readonly SearchValues<byte> Special = SearchValues.Create([0, (byte)'\r', (byte)'\n']);

    private State _state;
    private long _lineLength;

    private enum State : byte
    {
        LineStart, // the initial state: a dot right after DATA's own line end is a dot at the start of a line
        Dot,       // a dot at the start of a line, not yet known to be the end or a stuffed one
        DotCr,     // that dot and a CR
        Middle,
        Cr,
    }

    /// <summary>All that was wrong with the content so far.</summary>
    public ContentDefects Defects { get; private set; }

    /// <summary>True once the end has been read.</summary>
    public bool Ended { get; private set; }

    /// <summary>Decodes as much as input and output allow.</summary>
    /// <param name="input">What came from the peer.</param>
    /// <param name="output">Where content goes; not empty.</param>
    /// <param name="consumed">Octets of input taken. Nothing behind the end is ever taken.</param>
    /// <param name="written">Octets of content put out.</param>
    public void Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (consumed < input.Length && written < output.Length && !Ended)
        {
            if (_state is State.Middle)
            {
                var run = input[consumed..];
                if (run.Length > output.Length - written)
                    run = run[..(output.Length - written)];
                var plain = run.IndexOfAny(Special);
                if (plain < 0)
                    plain = run.Length;
                run[..plain].CopyTo(output[written..]);
                consumed += plain;
                written += plain;
                CountLine(plain);
                if (consumed == input.Length || written == output.Length)
                    return;
            }
            if (Step(input[consumed], output, ref written))
                consumed++;
        }
    }

    // Puts out at most one octet. False if it was one that had been held back: the octet at hand is to be stepped on again.
    private bool Step(byte octet, Span<byte> output, ref int written)
    {
        switch (_state)
        {
            case State.LineStart when octet == '.':
                _state = State.Dot; // held back: the end, or stuffed and to be dropped
                return true;
            case State.Dot when octet == '\r':
                _state = State.DotCr; // held back with it
                return true;
            case State.DotCr when octet == '\n':
                Ended = true;
                return true;
            case State.DotCr:
                output[written++] = (byte)'\r';
                _state = State.Cr;
                return false;
            case State.Cr when octet == '\n':
                output[written++] = octet;
                _state = State.LineStart;
                _lineLength = 0;
                return true;
            case State.Cr:
                Defects |= ContentDefects.BareCarriageReturn;
                break;
        }
        output[written++] = octet;
        CountLine(1);
        if (octet == '\r')
        {
            _state = State.Cr;
            return true;
        }
        if (octet == '\n')
            Defects |= ContentDefects.BareLineFeed;
        else if (octet == 0)
            Defects |= ContentDefects.Nul;
        _state = State.Middle; // also after a bare LF: it starts no line
        return true;
    }

    private void CountLine(int octets)
    {
        _lineLength += octets;
        if (_lineLength > MaxLineLength + 1) // the CR is counted with its line
            Defects |= ContentDefects.LongLine;
    }
}
