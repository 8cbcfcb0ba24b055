// A mail domain: a dotted host name or an address literal, kept in the one spelling that comparisons use.
using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>
/// A domain as it stands right of the @: a lower-case host name without trailing dot, or an address literal in brackets (RFC 5321 4.1.2, 4.1.3).
/// Equal domains have equal text.
/// </summary>
public readonly record struct DomainName
{
    /// <summary>The most octets a domain may have (RFC 5321 4.5.3.1.2).</summary>
    public const int MaxLength = 255;

    private const int MaxLabelLength = 63; // RFC 1035 2.3.4

    private static readonly SearchValues<char> V4Characters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private static readonly IdnMapping Punycode = new() { UseStd3AsciiRules = true };

    private readonly string? _text;

    private DomainName(string text) => _text = text;

    /// <summary>The domain's text: <c>example.test</c>, <c>[192.0.2.1]</c> or <c>[IPv6:2001:db8::1]</c>.</summary>
    public string Text => _text ?? "";

    /// <summary>True for an address literal, which names a host and no zone.</summary>
    public bool IsLiteral => Text.StartsWith('[');

    /// <summary>
    /// Reads a domain. No other character can ever become an ASCII letter or a dot; one trailing dot is dropped. Labels in other letters become
    /// A-labels (RFC 5891) here and nowhere else.
    /// </summary>
    /// <returns>False for anything outside the grammar: empty or over-long labels, other characters than letters, digits and inner hyphens.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DomainName domain)
    {
        domain = default;
        if (text.Length is 0 or > MaxLength)
            return false;
        if (text[0] == '[')
            return TryParseLiteral(text, out domain);
        if (text[^1] == '.')
            text = text[..^1];
        if (!Ascii.IsValid(text) && !TryMakeAscii(text, out text))
            return false;
        if (!IsHostName(text))
            return false;
        Span<char> lower = stackalloc char[text.Length];
        Ascii.ToLower(text, lower, out _);
        domain = new DomainName(new string(lower));
        return true;
    }

    /// <summary>Reads a domain that the program itself wrote or an operator configured.</summary>
    /// <exception cref="FormatException">The text is not a domain.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var domain) ? domain : throw new FormatException($"'{text}' is not a domain name.");

    /// <summary>The address inside a literal, or null for a host name.</summary>
    public IPAddress? LiteralAddress =>
        !IsLiteral ? null : IPAddress.Parse(Text.AsSpan(1, Text.Length - 2) is var inner && inner.StartsWith("IPv6:") ? inner[5..] : inner);

    /// <inheritdoc/>
    public override string ToString() => Text;

    // The mapping takes anything: it would make a dot of an ideographic full stop and another name of a capital letter, so nothing but small letters,
    // marks and digits come to it. It does not compose characters either, for which an invariant culture has no tables: who spells a letter as two
    // characters names a domain that nobody can have registered.
    private static bool TryMakeAscii(ReadOnlySpan<char> text, out ReadOnlySpan<char> ascii)
    {
        ascii = default;
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var small = rune.IsAscii ? rune : Rune.ToLowerInvariant(rune);
            if (!rune.IsAscii && (small.IsAscii || !(Rune.IsLetterOrDigit(rune) || IsMark(rune)))) // the Kelvin sign is no k
                return false;
            folded.Append(small.ToString());
        }
        try
        {
            ascii = Punycode.GetAscii(folded.ToString());
            return ascii.Length <= MaxLength;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsHostName(ReadOnlySpan<char> text)
    {
        var label = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (label == 0 || text[i - 1] == '-')
                    return false;
                label = 0;
                continue;
            }
            // An underscore is no host name character, but zones in use have it and nothing is endangered by it.
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && (c != '-' || label == 0))
                return false;
            if (++label > MaxLabelLength)
                return false;
        }
        return label > 0 && text[^1] != '-';
    }

    // RFC 5321 4.1.3. Only the plain forms are read: "[127.1]" and "[0x7f.1]" are addresses to some resolvers and must not be to us.
    private static bool TryParseLiteral(ReadOnlySpan<char> text, out DomainName domain)
    {
        domain = default;
        if (text.Length < 3 || text[^1] != ']')
            return false;
        var inner = text[1..^1];
        if (inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
        {
            if (inner[5..].ContainsAnyExcept(V6Characters)
                || !IPAddress.TryParse(inner[5..], out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
            domain = new DomainName($"[IPv6:{v6}]");
            return true;
        }
        if (inner.ContainsAnyExcept(V4Characters) || inner.Count('.') != 3
            || !IPAddress.TryParse(inner, out var v4) || !inner.SequenceEqual(v4.ToString()))
            return false;
        domain = new DomainName($"[{v4}]");
        return true;
    }
}
