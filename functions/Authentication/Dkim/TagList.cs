// Reads tag=value lists, the syntax of signatures and of key records.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dkim;

/// <summary>A list of tags and their values (RFC 6376 3.2). Names and values are case-sensitive, and no name comes twice.</summary>
internal sealed class TagList
{
    /// <summary>More tags than any signature or key has.</summary>
    private const int MaxTags = 64;

    private const int MaxNumberLength = 12; // RFC 6376 3.5: implementations may know no time behind the year 9999

    private readonly ReadOnlyMemory<byte> _octets;
    private readonly Dictionary<string, Range> _values = new(StringComparer.Ordinal);

    private TagList(ReadOnlyMemory<byte> octets) => _octets = octets;

    /// <summary>The name of the first tag.</summary>
    public string First { get; private set; } = "";

    /// <summary>Reads a list.</summary>
    /// <param name="octets">All of it, folded or not, without a line break at its end.</param>
    /// <param name="list">The tags.</param>
    /// <returns>False for anything outside the grammar: no tag at all, a tag twice, an empty one, a tag without <c>=</c>.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> octets, [NotNullWhen(true)] out TagList? list)
    {
        list = new TagList(octets);
        var span = octets.Span;
        for (var start = 0; ;)
        {
            var length = span[start..].IndexOf((byte)';');
            var end = length < 0 ? span.Length : start + length;
            if (length < 0 && list._values.Count > 0 && Trim(span, start..end) is var rest && rest.Start.Value == rest.End.Value)
                return true; // RFC 6376 3.2: one semicolon may end the list
            if (!list.TryAdd(span, start..end))
                break;
            if (length < 0)
                return true;
            start = end + 1;
        }
        list = null;
        return false;
    }

    /// <summary>True if there is such a tag.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Where a tag's value stands in the octets, the space around it included; null without the tag.</summary>
    public Range? Place(string name) => _values.TryGetValue(name, out var range) ? range : null;

    /// <summary>A tag's value without space around it, a character for each octet; null without the tag.</summary>
    public string? Text(string name) =>
        _values.TryGetValue(name, out var range) ? Encoding.Latin1.GetString(_octets.Span[Trim(_octets.Span, range)]) : null;

    /// <summary>The octets of a value in base64, in which space may stand anywhere (RFC 6376 2.10); null if it is none, or empty.</summary>
    public byte[]? Base64(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out var written) && written > 0 ? octets[..written] : null;
    }

    /// <summary>The items of a value that colons separate, without the space around them.</summary>
    public IReadOnlyList<string> Items(string name)
    {
        var items = new List<string>();
        var text = (Text(name) ?? "").AsSpan();
        foreach (var range in text.Split(':'))
            items.Add(new string(text[range].Trim(" \t\r\n")));
        return items;
    }

    /// <summary>A value in decimal digits.</summary>
    /// <returns>False for what is no number or over-long; true with null without the tag.</returns>
    public bool TryNumber(string name, out long? number)
    {
        number = null;
        if (Text(name) is not { } text)
            return true;
        if (text.Length is 0 or > MaxNumberLength || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        number = value;
        return true;
    }

    /// <summary>A value that is a domain and no address literal.</summary>
    public bool TryDomain(string name, out DomainName domain)
    {
        domain = default;
        return Text(name) is { } text && DomainName.TryParse(text, out domain) && !domain.IsLiteral;
    }

    private bool TryAdd(ReadOnlySpan<byte> span, Range range)
    {
        var tag = Trim(span, range);
        var (start, length) = tag.GetOffsetAndLength(span.Length);
        var equals = span.Slice(start, length).IndexOf((byte)'=');
        if (equals <= 0 || _values.Count == MaxTags || !TryName(span[Trim(span, start..(start + equals))], out var name))
            return false;
        var value = (start + equals + 1)..range.End.Value;
        if (!IsValue(span[Trim(span, value)]))
            return false;
        if (_values.Count == 0)
            First = name;
        return _values.TryAdd(name, value);
    }

    // RFC 6376 3.2: a letter, then letters, digits and underscores.
    private static bool TryName(ReadOnlySpan<byte> octets, out string name)
    {
        name = "";
        if (octets.IsEmpty || !char.IsAsciiLetter((char)octets[0]))
            return false;
        foreach (var octet in octets)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && octet != '_')
                return false;
        }
        name = Encoding.ASCII.GetString(octets);
        return true;
    }

    // RFC 6376 3.2, and RFC 8616 4 for octets beyond ASCII. A line break is one only before the space that goes on.
    private static bool IsValue(ReadOnlySpan<byte> octets)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] is (byte)' ' or (byte)'\t' or > (byte)' ' and not 0x7F)
                continue;
            if (i + 2 >= octets.Length || octets[i] != '\r' || octets[i + 1] != '\n' || octets[i + 2] is not ((byte)' ' or (byte)'\t'))
                return false;
            i += 2;
        }
        return true;
    }

    private static Range Trim(ReadOnlySpan<byte> span, Range range)
    {
        var (start, length) = range.GetOffsetAndLength(span.Length);
        var end = start + length;
        while (start < end && IsSpace(span[start]))
            start++;
        while (end > start && IsSpace(span[end - 1]))
            end--;
        return start..end;
    }

    private static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
