// Reads names out of messages, where any of them may point into what came before it.
namespace MailFunctions.Dns;

/// <summary>
/// Names in messages (RFC 1035 4.1.4). A pointer must lead to before all that was read of its name so far, so every name ends; how many pointers one
/// name follows is bounded besides, because a message of nothing but pointers would else cost the square of its length.
/// </summary>
internal static class WireName
{
    private const int MaxPointers = 128; // no name has more labels, and no writer points to a pointer

    /// <summary>Reads the name at an offset, and moves the offset behind it.</summary>
    /// <returns>False if no name is there that keeps the rules; the offset is then as it was.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out DnsName name)
    {
        name = default;
        var builder = new NameBuilder(stackalloc char[NameBuilder.Capacity]);
        var position = offset;
        var start = offset; // of the labels that are being read
        var end = -1;
        var pointers = 0;
        while (position < message.Length)
        {
            int length = message[position++];
            if (length == 0)
            {
                offset = end < 0 ? position : end;
                name = builder.Build();
                return true;
            }
            if (length <= DnsName.MaxLabelOctets)
            {
                if (length > message.Length - position || !builder.TryAdd(message.Slice(position, length)))
                    return false;
                position += length;
                continue;
            }
            // RFC 6891 5: the prefixes 01 and 10 are not in use.
            if (length < 0xc0 || position == message.Length || ++pointers > MaxPointers)
                return false;
            var target = ((length & 0x3f) << 8) | message[position++];
            if (target >= start || target < Query.HeaderLength)
                return false;
            if (end < 0)
                end = position;
            start = position = target;
        }
        return false;
    }
}
