// A name in the domain name system: any octets in any labels, kept in the one spelling that comparisons use.
using System.Globalization;
using System.Net;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Dns;

/// <summary>
/// A fully qualified name (RFC 1035 3.1). ASCII letters are folded to lower case (RFC 4343), so equal names are equal values; the default value is
/// the root. Unlike a <see cref="DomainName"/> it may hold any octet, because zones may.
/// </summary>
public readonly record struct DnsName
{
    /// <summary>The most octets of a name on the wire, its lengths and the root's zero counted (RFC 1035 2.3.4).</summary>
    public const int MaxOctets = 255;

    /// <summary>The most octets of a label (RFC 1035 2.3.4).</summary>
    public const int MaxLabelOctets = 63;

    // The wire form without the root's zero, a character per octet; null for the root, so that the default value equals it.
    private readonly string? _labels;

    internal DnsName(ReadOnlySpan<char> labels) => _labels = labels.IsEmpty ? null : new string(labels);

    /// <summary>The name of no label, which is the target of a null MX (RFC 7505) and the end of every name.</summary>
    public static DnsName Root => default;

    /// <summary>True for the root.</summary>
    public bool IsRoot => _labels is null;

    /// <summary>Octets of this name on the wire, uncompressed.</summary>
    public int WireLength => Labels.Length + 1;

    /// <summary>
    /// The name as text without trailing dot, <c>.</c> for the root; a dot inside a label and what is not printable is escaped as in RFC 1035 5.1.
    /// </summary>
    public string Text => IsRoot ? "." : Present();

    /// <summary>How many labels the name has; none for the root.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var rest = Labels.AsSpan(); !rest.IsEmpty; rest = rest[(1 + rest[0])..])
                count++;
            return count;
        }
    }

    private string Labels => _labels ?? "";

    /// <summary>
    /// Reads a name as people write it, with or without a dot at its end. <c>\.</c> and <c>\046</c> stand for an octet that is part of its label
    /// (RFC 1035 5.1). An international name has to be in its A-labels already.
    /// </summary>
    /// <returns>False for empty or over-long labels, names over 255 octets, and characters outside printable ASCII.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsName name)
    {
        name = default;
        if (text is ".")
            return true;
        var builder = new NameBuilder(stackalloc char[NameBuilder.Capacity]);
        Span<byte> label = stackalloc byte[MaxLabelOctets];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (!builder.TryAdd(label[..length]))
                    return false;
                length = 0;
                continue;
            }
            if (length == MaxLabelOctets || !TryReadOctet(text, ref i, out label[length++]))
                return false;
        }
        if (length > 0 && !builder.TryAdd(label[..length]))
            return false;
        name = builder.Build();
        return !name.IsRoot;
    }

    /// <summary>Reads a name that the program itself wrote or an operator configured.</summary>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static DnsName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a DNS name.");

    /// <summary>The name of a mail domain.</summary>
    /// <exception cref="FormatException">The domain is an address literal, which no zone holds, or its labels are too long together.</exception>
    public static DnsName Of(DomainName domain) =>
        domain.IsLiteral ? throw new FormatException($"'{domain}' is an address and not a DNS name.") : Parse(domain.Text);

    /// <summary>
    /// The name below which the names of an address are found: <c>in-addr.arpa</c> (RFC 1035 3.5) or <c>ip6.arpa</c> (RFC 3596 2.5).
    /// </summary>
    public static DnsName ReverseOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var octets = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        var text = new StringBuilder(80);
        var isV4 = octets.Length == 4;
        for (var i = octets.Length - 1; i >= 0; i--)
        {
            if (isV4)
                text.Append(CultureInfo.InvariantCulture, $"{octets[i]}.");
            else
                text.Append(CultureInfo.InvariantCulture, $"{octets[i] & 15:x}.{octets[i] >> 4:x}.");
        }
        return Parse(text.Append(isV4 ? "in-addr.arpa" : "ip6.arpa").ToString());
    }

    /// <summary>Puts labels in front: <c>_25._tcp</c> before the name of a host.</summary>
    /// <returns>False if the labels are none or the whole is too long.</returns>
    public bool TryPrepend(ReadOnlySpan<char> labels, out DnsName name)
    {
        name = default;
        if (!TryParse(labels, out var front) || front.Labels.Length + Labels.Length > NameBuilder.Capacity)
            return false;
        name = new DnsName(front.Labels + Labels);
        return true;
    }

    /// <summary>The name of this one's last labels; the whole name if it has no more than that.</summary>
    public DnsName Ancestor(int labels)
    {
        var rest = Labels.AsSpan();
        for (var more = LabelCount - labels; more > 0 && !rest.IsEmpty; more--)
            rest = rest[(1 + rest[0])..];
        return new DnsName(rest);
    }

    /// <summary>True if this name is <paramref name="ancestor"/> or one below it.</summary>
    public bool IsAtOrBelow(DnsName ancestor)
    {
        // The tail must begin where a label of this name does.
        var labels = Labels.AsSpan();
        while (labels.Length > ancestor.Labels.Length)
            labels = labels[(1 + labels[0])..];
        return labels.SequenceEqual(ancestor.Labels);
    }

    /// <summary>Writes the name uncompressed (RFC 1035 3.1).</summary>
    /// <returns>Octets written: <see cref="WireLength"/>.</returns>
    internal int Write(Span<byte> destination)
    {
        var written = Encoding.Latin1.GetBytes(Labels, destination);
        destination[written] = 0;
        return written + 1;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // One octet of a label: plain, \X or \DDD. Leaves the index on its last character.
    private static bool TryReadOctet(ReadOnlySpan<char> text, ref int index, out byte octet)
    {
        octet = (byte)text[index];
        if (text[index] is < ' ' or > '~')
            return false;
        if (text[index] != '\\')
            return true;
        var escaped = text[(index + 1)..];
        if (escaped.IsEmpty || escaped[0] is < ' ' or > '~')
            return false;
        if (!char.IsAsciiDigit(escaped[0]))
        {
            index++;
            octet = (byte)escaped[0];
            return true;
        }
        index += 3;
        return escaped.Length >= 3 && byte.TryParse(escaped[..3], NumberStyles.None, CultureInfo.InvariantCulture, out octet);
    }

    private string Present()
    {
        var text = new StringBuilder(Labels.Length);
        var left = 0;
        foreach (var octet in Labels)
        {
            if (left-- == 0)
            {
                left = octet;
                if (text.Length > 0)
                    text.Append('.');
            }
            else if (octet is '.' or '\\')
            {
                text.Append('\\').Append(octet);
            }
            else if (octet is > ' ' and <= '~')
            {
                text.Append(octet);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{(int)octet:d3}");
            }
        }
        return text.ToString();
    }
}
