// How mail addresses look to those who read logs.
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Telemetry;

/// <summary>
/// A policy for addresses in texts, made once at start. What looks like an address is treated as one, wherever it stands: in our own words, in another
/// server's reply, in the message of an exception.
/// </summary>
public sealed class AddressPrivacy
{
    private const int HashOctets = 6;

    private readonly byte[]? _key;
    private readonly bool _hidesWhole;

    private AddressPrivacy(byte[]? key, bool hidesWhole) => (_key, _hidesWhole) = (key, hidesWhole);

    /// <summary>Shows addresses as they are.</summary>
    public static AddressPrivacy Clear { get; } = new(null, hidesWhole: false);

    /// <summary>Makes a policy by its name.</summary>
    /// <param name="name"><c>clear</c>, also if null or empty; <c>hashed</c>; <c>domains</c>.</param>
    /// <param name="key">
    /// The key of hashes; null for one of chance: then the same address has the same hash only until the program ends. Without a key, hashes of names
    /// would be guessed by trying names.
    /// </param>
    /// <returns>Null for any other name.</returns>
    public static AddressPrivacy? TryCreate(string? name, byte[]? key) => name switch
    {
        null or "" or "clear" => Clear,
        "hashed" => new AddressPrivacy(key ?? RandomNumberGenerator.GetBytes(32), hidesWhole: false),
        "domains" => new AddressPrivacy(null, hidesWhole: true),
        _ => null,
    };

    /// <summary>
    /// The text with every address in it reduced to <c>~hash@domain</c> or <c>@domain</c>. What stands left of an @ is taken for a local part as far as its
    /// characters may stand in one: too much is hidden rather than too little.
    /// </summary>
    public string Clean(string text)
    {
        if (this == Clear)
            return text;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return text;
        var clean = new StringBuilder(text.Length);
        var done = 0;
        for (; at >= 0; at = text.IndexOf('@', at + 1))
        {
            var start = LocalPartBefore(text, done, at);
            if (start == at)
                continue;
            var end = DomainAfter(text, at + 1);
            clean.Append(text, done, start - done);
            if (!_hidesWhole)
                clean.Append('~').Append(Hash(text[start..at], text[(at + 1)..end]));
            clean.Append(text, at, end - at);
            done = end;
            at = end - 1;
        }
        return clean.Append(text, done, text.Length - done).ToString();
    }

    private string Hash(string localPart, string domain) => Convert.ToHexStringLower(
        HMACSHA256.HashData(_key!, Encoding.UTF8.GetBytes($"{localPart}@{domain}".ToLowerInvariant())).AsSpan(0, HashOctets));

    private static int LocalPartBefore(string text, int floor, int at)
    {
        var start = at;
        if (start > floor && text[start - 1] == '"')
        {
            for (var quote = start - 2; quote >= floor; quote--)
            {
                if (text[quote] == '"' && (quote == floor || text[quote - 1] != '\\'))
                    return quote;
            }
        }
        while (start > floor && IsOfLocalPart(text[start - 1]))
            start--;
        while (start < at && text[start] is '\'' or '`' or '.')
            start++; // quotation marks of a sentence, as a rule
        return start;
    }

    private static int DomainAfter(string text, int from)
    {
        var end = from;
        if (end < text.Length && text[end] == '[' && text.IndexOf(']', end) is > 0 and var close)
            return close + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '.' or '_'))
            end++;
        while (end > from && text[end - 1] == '.')
            end--; // of a sentence
        return end;
    }

    // RFC 5322 3.2.3 atext and the dot, RFC 6531 3.3.
    private static bool IsOfLocalPart(char c) => char.IsAsciiLetterOrDigit(c) || c > '\x7f' || ".!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);
}
