// Base64 as mail has it: in lines, and now and then with other things in between.
using System.Buffers;

namespace MailFunctions.Mime.Decoding;

/// <summary>
/// RFC 2045 6.8. Characters outside the alphabet are skipped. A padding character ends a group of four early; what follows it is read as further
/// groups, since some programs do so and then see content that others do not.
/// </summary>
internal sealed class Base64Decoder : TransferDecoder
{
    private const byte Other = 0xff;
    private const byte Space = 0xfe;
    private const byte Padding = 0xfd;

    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    private static readonly byte[] Values = ValuesOfAlphabet();

    private int _bits;
    private int _count; // characters of the group so far
    private bool _ended; // by padding

    /// <inheritdoc/>
    public override void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        if (content.IsEmpty)
            return;
        var room = output.GetSpan(((content.Length + _count) / 4 * 3) + 3);
        var written = 0;
        foreach (var octet in content)
        {
            var value = Values[octet];
            if (value >= Padding)
            {
                if (value == Padding)
                    written += EndGroup(room[written..]);
                else if (value == Other)
                    IsMalformed = true;
                continue;
            }
            IsMalformed |= _ended;
            _bits = (_bits << 6) | value;
            if (++_count < 4)
                continue;
            room[written] = (byte)(_bits >> 16);
            room[written + 1] = (byte)(_bits >> 8);
            room[written + 2] = (byte)_bits;
            written += 3;
            _count = 0;
            _bits = 0;
        }
        output.Advance(written);
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        IsMalformed |= _count > 0;
        output.Advance(EndGroup(output.GetSpan(2)));
    }

    private int EndGroup(Span<byte> room)
    {
        var count = _count;
        IsMalformed |= count == 1;
        _ended = true;
        _count = 0;
        var bits = _bits;
        _bits = 0;
        if (count == 2)
        {
            room[0] = (byte)(bits >> 4);
            return 1;
        }
        if (count == 3)
        {
            room[0] = (byte)(bits >> 10);
            room[1] = (byte)(bits >> 2);
            return 2;
        }
        return 0;
    }

    private static byte[] ValuesOfAlphabet()
    {
        var values = new byte[256];
        values.AsSpan().Fill(Other);
        for (var i = 0; i < Alphabet.Length; i++)
            values[Alphabet[i]] = (byte)i;
        foreach (var space in " \t\r\n"u8)
            values[space] = Space;
        values['='] = Padding;
        return values;
    }
}
