// Uuencoded content.
using System.Buffers;

namespace MailFunctions.Mime.Decoding;

/// <summary>
/// The lines between <c>begin</c> and <c>end</c> (POSIX uuencode): a length, then four characters for three octets. Lines before <c>begin</c> and
/// behind <c>end</c> are no content.
/// </summary>
internal sealed class UuDecoder : TransferDecoder
{
    private const int LongestLine = 1 + (63 / 3 * 4) + 2; // with room for the checksum that some append

    private enum State
    {
        Before,
        Within,
        Behind,
    }

    private readonly byte[] _line = new byte[LongestLine];
    private int _lineLength; // octets that came, of which no more than the longest line are kept
    private State _state;

    /// <inheritdoc/>
    public override void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            var piece = end < 0 ? content : content[..end];
            if (_lineLength < LongestLine)
                piece[..Math.Min(piece.Length, LongestLine - _lineLength)].CopyTo(_line.AsSpan(_lineLength));
            _lineLength = Math.Min(LongestLine, _lineLength + piece.Length);
            if (end < 0)
                return;
            EndLine(output);
            content = content[(end + 1)..];
        }
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        if (_lineLength > 0)
            EndLine(output);
        IsMalformed |= _state != State.Behind;
    }

    private void EndLine(IBufferWriter<byte> output)
    {
        var line = _line.AsSpan(0, _lineLength).TrimEnd((byte)'\r');
        _lineLength = 0;
        if (_state == State.Before)
        {
            if (line.StartsWith("begin "u8) || line.StartsWith("begin-"u8))
                _state = State.Within;
        }
        else if (_state == State.Within && line.SequenceEqual("end"u8))
        {
            _state = State.Behind;
        }
        else if (_state == State.Within && !line.IsEmpty)
        {
            Decode(line, output);
        }
    }

    private void Decode(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        var length = Value(line[0]);
        var room = output.GetSpan(64);
        var written = 0;
        for (var i = 1; written < length; i += 4)
        {
            if (i >= line.Length)
            {
                IsMalformed = true;
                break;
            }
            // Spaces at the end of a line are often lost, and stand for zero.
            var bits = (At(line, i) << 18) | (At(line, i + 1) << 12) | (At(line, i + 2) << 6) | At(line, i + 3);
            for (var shift = 16; shift >= 0 && written < length; shift -= 8)
                room[written++] = (byte)(bits >> shift);
        }
        output.Advance(written);
    }

    private int At(ReadOnlySpan<byte> line, int index) => index < line.Length ? Value(line[index]) : 0;

    private int Value(byte octet)
    {
        IsMalformed |= octet is < (byte)' ' or > (byte)'`';
        return (octet - ' ') & 0x3f;
    }
}
