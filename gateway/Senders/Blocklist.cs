// A zone of the domain name system that lists addresses from which mail is not wanted.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MailFunctions.Dns;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Senders;

/// <summary>A DNSBL (RFC 5782) and which of its answers count.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="First">The lowest answer that counts.</param>
/// <param name="Last">The highest answer that counts.</param>
internal sealed record Blocklist(DnsName Zone, uint First, uint Last)
{
    private const uint LowestListing = 0x7f000002; // RFC 5782 2.1: 127.0.0.2 is the customary answer, and none is outside 127.0.0.0/8
    private const uint HighestListing = 0x7ffffeff;

    // Lists that are paid for have the key of whoever asks in their names.
    private const int ShortestKey = 20;

    /// <summary>What strangers and the log are told it is called: the zone without labels that may be a secret.</summary>
    public string Name { get; } = string.Join('.', Zone.Text.Split('.').Where(label => label.Length < ShortestKey));

    /// <summary>Reads <c>zone</c>, <c>zone=127.0.0.2</c> or <c>zone=127.0.0.2-127.0.0.11</c>.</summary>
    public static bool TryParse(string text, out Blocklist? blocklist)
    {
        blocklist = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        if (IPAddress.TryParse(name, out _) || !DomainName.TryParse(name, out var domain) || domain.IsLiteral || !DnsName.TryParse(domain.Text, out var zone)
            || !TryName(IPAddress.IPv6Loopback, zone, out _))
            return false;
        var (first, last) = (LowestListing, HighestListing);
        if (equals >= 0)
        {
            var range = text[(equals + 1)..];
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            if (!TryReadAnswer(dash < 0 ? range : range[..dash], out first) || !TryReadAnswer(dash < 0 ? range : range[(dash + 1)..], out last) || first > last)
                return false;
        }
        blocklist = new Blocklist(zone, first, last);
        return true;
    }

    /// <summary>The name at which an address is listed (RFC 5782 2.1, 2.4).</summary>
    public DnsName NameOf(IPAddress address) => TryName(address, Zone, out var name) ? name : throw new FormatException($"'{Zone}' is too long a zone.");

    /// <summary>Whether an answer says that the address is listed.</summary>
    public bool Counts(IPAddress answer) => Number(answer) is var number && number >= First && number <= Last && !IsRefusal(answer);

    /// <summary>Whether an answer says that the list does not answer those who ask in this way, as Spamhaus does: 127.255.255.0/24.</summary>
    public static bool IsRefusal(IPAddress answer) => Number(answer) >> 8 == 0x7fffff;

    private static bool TryName(IPAddress address, DnsName zone, out DnsName name)
    {
        var reverse = DnsName.ReverseOf(address);
        var text = reverse.Text;
        var tail = reverse.Ancestor(2).Text; // in-addr.arpa or ip6.arpa
        return zone.TryPrepend(text.AsSpan(0, text.Length - tail.Length - 1), out name);
    }

    private static bool TryReadAnswer(string text, out uint answer)
    {
        answer = 0;
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != text)
            return false;
        answer = Number(address);
        return answer is > 0x7f000000 and <= HighestListing;
    }

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
