// The PROXY protocol, versions 1 and 2: what a proxy says of the client it stands for.
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace MailFunctions.Gateway.Connections;

/// <summary>What has been read of a header.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>More must come.</summary>
    Incomplete,

    /// <summary>It is none.</summary>
    Malformed,

    /// <summary>The whole of it.</summary>
    Whole,
}

/// <summary>The header in front of a connection (haproxy.org, proxy-protocol.txt). Never longer than the protocol allows, and never believed but from a proxy of ours.</summary>
internal static class ProxyHeader
{
    /// <summary>The longest header of version 1, its CR LF included (section 2.1).</summary>
    public const int MaxText = 107;

    /// <summary>The longest header of version 2 that is taken: what fits into the smallest segment (section 2.2).</summary>
    public const int MaxBinary = 536;

    private const int BinaryStart = 16;

    private static ReadOnlySpan<byte> TextSignature => "PROXY "u8;

    private static ReadOnlySpan<byte> BinarySignature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header from the first octets of a connection, at least <see cref="MaxBinary"/> of them if there are so many.</summary>
    /// <param name="octets">What has come.</param>
    /// <param name="length">How long the header is.</param>
    /// <param name="client">The client's address, or null where the proxy does not know it, or speaks for itself.</param>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> octets, out int length, out IPAddress? client)
    {
        (length, client) = (0, null);
        if (BinarySignature.StartsWith(octets[..Math.Min(octets.Length, BinarySignature.Length)]))
            return octets.Length < BinaryStart ? ProxyHeaderStatus.Incomplete : ReadBinary(octets, out length, out client);
        if (TextSignature.StartsWith(octets[..Math.Min(octets.Length, TextSignature.Length)]))
            return ReadText(octets, out length, out client);
        return ProxyHeaderStatus.Malformed;
    }

    /// <summary>Takes the header off the front of a connection, and not an octet more.</summary>
    /// <returns>Whether there is one, and the client's address if it is known.</returns>
    public static async ValueTask<(bool IsWhole, IPAddress? Client)> TakeAsync(PipeReader input, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var status = Read(buffer.Slice(0, Math.Min(buffer.Length, MaxBinary)).ToArray(), out var length, out var client);
            if (status == ProxyHeaderStatus.Whole)
            {
                input.AdvanceTo(buffer.GetPosition(length));
                return (true, client);
            }
            input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ProxyHeaderStatus.Malformed || result.IsCompleted)
                return (false, null);
        }
    }

    private static ProxyHeaderStatus ReadText(ReadOnlySpan<byte> octets, out int length, out IPAddress? client)
    {
        client = null;
        var end = octets[..Math.Min(octets.Length, MaxText)].IndexOf("\r\n"u8);
        length = end + 2;
        if (end < 0)
            return octets.Length < MaxText ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Malformed;
        var line = octets[TextSignature.Length..end];
        var protocol = NextWord(ref line);
        if (protocol.SequenceEqual("UNKNOWN"u8))
            return ProxyHeaderStatus.Whole; // section 2.1: whatever follows is ignored
        var isIPv6 = protocol.SequenceEqual("TCP6"u8);
        if (!isIPv6 && !protocol.SequenceEqual("TCP4"u8))
            return ProxyHeaderStatus.Malformed;
        client = Address(NextWord(ref line), isIPv6);
        var server = Address(NextWord(ref line), isIPv6);
        var isGood = client is not null && server is not null && IsPort(NextWord(ref line)) && IsPort(NextWord(ref line)) && line.IsEmpty && octets[end - 1] != ' ';
        return isGood ? ProxyHeaderStatus.Whole : ProxyHeaderStatus.Malformed;
    }

    private static ProxyHeaderStatus ReadBinary(ReadOnlySpan<byte> octets, out int length, out IPAddress? client)
    {
        client = null;
        length = BinaryStart + BinaryPrimitives.ReadUInt16BigEndian(octets[14..]);
        var (command, family) = (octets[12], octets[13]);
        if (command is not (0x20 or 0x21) || length > MaxBinary || family >> 4 > 3 || (family & 0xF) > 2)
            return ProxyHeaderStatus.Malformed;
        var address = (command, family) switch
        {
            (0x21, 0x11) => 4,  // TCP over IPv4
            (0x21, 0x21) => 16, // TCP over IPv6
            _ => 0,             // LOCAL, or nothing that we listen on: no address that means anything
        };
        if (address > 0 && length < BinaryStart + 2 * address + 4)
            return ProxyHeaderStatus.Malformed;
        if (octets.Length < length)
            return ProxyHeaderStatus.Incomplete;
        if (address > 0)
            client = Plain(new IPAddress(octets.Slice(BinaryStart, address)));
        return ProxyHeaderStatus.Whole; // what stands behind the addresses are TLVs, which tell us nothing
    }

    // Up to the next space, exactly one of which parts two words.
    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var word = space < 0 ? line : line[..space];
        line = space < 0 ? [] : line[(space + 1)..];
        return word;
    }

    // Only as an address is written: the framework would also take 1 or 0x7f.1, scopes and brackets.
    private static IPAddress? Address(ReadOnlySpan<byte> word, bool isIPv6)
    {
        if (word.ContainsAnyExcept(isIPv6 ? "0123456789abcdefABCDEF:."u8 : "0123456789."u8) || !IPAddress.TryParse(Encoding.ASCII.GetString(word), out var address))
            return null;
        if (isIPv6)
            return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Plain(address) : null;
        return Encoding.ASCII.GetBytes(address.ToString()).AsSpan().SequenceEqual(word) ? address : null;
    }

    private static bool IsPort(ReadOnlySpan<byte> word) =>
        word is [(byte)'0'] || (!word.IsEmpty && word[0] is >= (byte)'1' and <= (byte)'9' && Utf8Parser.TryParse(word, out ushort _, out var read) && read == word.Length);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
