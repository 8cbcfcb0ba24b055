// Quoted-printable as mail has it.
using System.Buffers;

namespace MailFunctions.Mime.Decoding;

/// <summary>
/// RFC 2045 6.7. Spaces at the end of a line are dropped, as the standard demands; an equals sign that no two hexadecimal digits follow stands for itself.
/// </summary>
internal sealed class QuotedPrintableDecoder : TransferDecoder
{
    private const int MostHeld = 1_000; // spaces in a row of which it is not known yet whether the line ends behind them

    private enum State
    {
        Text,
        Equals,
        EqualsDigit,
        EqualsSpace, // behind an equals sign, until the line ends
    }

    private readonly byte[] _held = new byte[MostHeld];
    private int _heldLength; // spaces and at most one CR
    private State _state;
    private byte _digit;

    /// <inheritdoc/>
    public override void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        while (!content.IsEmpty)
        {
            if (_state == State.Text && _heldLength == 0)
            {
                var plain = content.IndexOfAny(" \t\r="u8);
                plain = plain < 0 ? content.Length : plain;
                output.Write(content[..plain]);
                content = content[plain..];
                if (content.IsEmpty)
                    return;
            }
            Pass(content[0], output);
            content = content[1..];
        }
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        if (_state == State.Text)
            FlushHeld(output, keepSpaces: false);
        else if (_state == State.EqualsDigit)
            Unread(output);
        // An equals sign at the very end is a soft line break; the line break itself went with the boundary.
    }

    private void Pass(byte octet, IBufferWriter<byte> output)
    {
        switch (_state)
        {
            case State.Text:
                PassText(octet, output);
                break;
            case State.Equals when HexDigit.Value(octet) >= 0:
                _digit = octet;
                _state = State.EqualsDigit;
                break;
            case State.EqualsDigit when HexDigit.Value(octet) >= 0:
                output.Write([(byte)((HexDigit.Value(_digit) << 4) | HexDigit.Value(octet))]);
                _state = State.Text;
                break;
            case State.Equals or State.EqualsSpace when octet == '\n':
                _heldLength = 0;
                _state = State.Text;
                break;
            case State.Equals or State.EqualsSpace when octet is (byte)' ' or (byte)'\t' or (byte)'\r' && _heldLength < MostHeld:
                _held[_heldLength++] = octet;
                _state = State.EqualsSpace;
                break;
            default:
                Unread(output);
                PassText(octet, output);
                break;
        }
    }

    private void PassText(byte octet, IBufferWriter<byte> output)
    {
        switch (octet)
        {
            case (byte)'=':
                FlushHeld(output, keepSpaces: true);
                _state = State.Equals;
                break;
            case (byte)'\n':
                FlushHeld(output, keepSpaces: false);
                output.Write([octet]);
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r':
                if (_heldLength == MostHeld)
                    FlushHeld(output, keepSpaces: true);
                _held[_heldLength++] = octet;
                break;
            default:
                FlushHeld(output, keepSpaces: true);
                output.Write([octet]);
                break;
        }
    }

    private void FlushHeld(IBufferWriter<byte> output, bool keepSpaces)
    {
        if (_heldLength == 0)
            return;
        var held = _held.AsSpan(0, _heldLength);
        var endsWithReturn = held[^1] == '\r';
        if (keepSpaces)
            output.Write(held);
        else if (endsWithReturn)
            output.Write("\r"u8);
        _heldLength = 0;
    }

    // An equals sign that was none, with what was read behind it.
    private void Unread(IBufferWriter<byte> output)
    {
        if (_state == State.Equals)
        {
            output.Write("="u8);
        }
        else if (_state == State.EqualsDigit)
        {
            output.Write([(byte)'=', _digit]);
        }
        else
        {
            output.Write("="u8);
            output.Write(_held.AsSpan(0, _heldLength));
        }
        IsMalformed = true;
        _heldLength = 0;
        _state = State.Text;
    }
}
