// A mailbox address: local part and domain, read by the grammar of RFC 5321 and printed back in one canonical spelling.
using System.Globalization;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>
/// An address <c>local-part@domain</c> (RFC 5321 4.1.2). The local part is kept unquoted and as it was spelled, since only its own server may fold it;
/// <see cref="Canonical"/> is the folded form under which our own accounts and aliases are stored.
/// </summary>
/// <remarks>
/// A local part may be UTF-8 (RFC 6531 3.3), and then it is another server's affair alone: our own accounts and aliases are ASCII, so that two spellings
/// of the same letters never have to be compared, and it is passed on octet by octet.
/// </remarks>
public readonly record struct EmailAddress
{
    /// <summary>The most octets a local part may have (RFC 5321 4.5.3.1.1).</summary>
    public const int MaxLocalPartLength = 64;

    /// <summary>The most octets an address may have: a path of 256 without its angle brackets (RFC 5321 4.5.3.1.3).</summary>
    public const int MaxLength = 254;

    private readonly string? _localPart;

    private EmailAddress(string localPart, DomainName domain)
    {
        _localPart = localPart;
        Domain = domain;
    }

    /// <summary>The part left of the @, without quotes and backslashes, spelled as the sender spelled it.</summary>
    public string LocalPart => _localPart ?? "";

    /// <summary>The part right of the @.</summary>
    public DomainName Domain { get; }

    /// <summary>False if the local part has UTF-8 in it: the address can only be told to servers that know SMTPUTF8 (RFC 6531).</summary>
    public bool IsAscii => Ascii.IsValid(LocalPart);

    /// <summary>The address with its local part folded to lower case in ASCII only: the key of an account or alias of ours.</summary>
    public EmailAddress Canonical => new(LowerAscii(LocalPart), Domain);

    /// <summary>The same local part at another domain.</summary>
    public EmailAddress At(DomainName domain) => new(LocalPart, domain);

    /// <summary>Reads an address as it stands between &lt; and &gt;: a dot-atom or a quoted string, an @, and a domain or address literal.</summary>
    /// <returns>False for anything outside the grammar, and for a part, or the whole, that is too long.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out EmailAddress address)
    {
        address = default;
        if (!TryReadLocalPart(text, out var localPart, out var length) || length >= text.Length || text[length] != '@')
            return false;
        if (!DomainName.TryParse(text[(length + 1)..], out var domain)
            || Encoding.UTF8.GetByteCount(text[..length]) + 1 + domain.Text.Length > MaxLength)
            return false;
        address = new EmailAddress(localPart, domain);
        return true;
    }

    /// <summary>Makes an address of a local part without quotes and backslashes.</summary>
    /// <returns>False for an empty local part, for what no local part may hold, and if it prints, quotes included, as more than 64 octets.</returns>
    public static bool TryCreate(string localPart, DomainName domain, out EmailAddress address) =>
        TryParse($"{(IsDotAtom(localPart) ? localPart : Quote(localPart))}@{domain}", out address);

    /// <summary>Reads an address that the program itself wrote or an operator configured.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an address like name@example.org.");

    /// <summary>The address as it goes between &lt; and &gt;, the local part quoted where the grammar demands it.</summary>
    public override string ToString() => IsDotAtom(LocalPart) ? $"{LocalPart}@{Domain}" : $"{Quote(LocalPart)}@{Domain}";

    private static bool TryReadLocalPart(ReadOnlySpan<char> text, out string localPart, out int length)
    {
        localPart = "";
        length = 0;
        if (text.IsEmpty)
            return false;
        if (text[0] == '"')
            return TryReadQuoted(text, out localPart, out length);
        length = text.IndexOf('@');
        if (length <= 0 || IsTooLong(text[..length]) || !IsDotAtom(text[..length]))
            return false;
        localPart = new string(text[..length]);
        return true;
    }

    // RFC 5321 4.1.2: Quoted-string = DQUOTE *QcontentSMTP DQUOTE. An empty one is refused: no account can have that name.
    private static bool TryReadQuoted(ReadOnlySpan<char> text, out string localPart, out int length)
    {
        localPart = "";
        length = 0;
        var unquoted = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                length = i + 1;
                localPart = unquoted.ToString();
                return unquoted.Length > 0 && !IsTooLong(text[..length]) && HasReadableCharacters(localPart);
            }
            if (c == '\\' && ++i < text.Length)
                c = text[i];
            if (c is < ' ' or '\x7f' || i >= text.Length)
                return false;
            unquoted.Append(c);
        }
        return false;
    }

    private static bool IsDotAtom(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] == '.' || text[^1] == '.')
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' ? text[i - 1] == '.' : !IsAtomCharacter(text[i]))
                return false;
        }
        return HasReadableCharacters(text);
    }

    private static bool IsTooLong(ReadOnlySpan<char> text) => Encoding.UTF8.GetByteCount(text) > MaxLocalPartLength;

    // RFC 5322 3.2.3 atext, RFC 6531 3.3.
    private static bool IsAtomCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c > '\x7f' || "!#$%&'*+-/=?^_`{|}~".Contains(c);

    // RFC 6531 takes all of Unicode; what cannot be seen, or changes how the text around it is seen, only ever serves to deceive.
    private static bool HasReadableCharacters(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return true;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) // also stands for half a surrogate pair
                return false;
            if (!rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return false;
        }
        return true;
    }

    private static string Quote(string localPart) =>
        $"\"{localPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string LowerAscii(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
    });
}
