// From the text of a domain to a name that can be asked for.
using MailFunctions.Dns;

namespace MailFunctions.Authentication.Spf;

/// <summary>Makes names of texts that anybody may have written.</summary>
internal static class TargetName
{
    /// <summary>The most characters of a name that is asked for (RFC 7208 7.3).</summary>
    public const int MaxLength = 253;

    /// <summary>
    /// Makes a name of an expanded domain-spec: labels are dropped from the left until it is short enough (RFC 7208 7.3), and a dot at the end does
    /// not count.
    /// </summary>
    /// <returns>False if no question can be made of it; it then is as if the name did not exist (4.8).</returns>
    public static bool TryMake(ReadOnlySpan<char> text, out DnsName name)
    {
        if (text.EndsWith("."))
            text = text[..^1];
        while (text.Length > MaxLength && text.IndexOf('.') is var dot and >= 0)
            text = text[(dot + 1)..];
        return TryParse(text, out name);
    }

    /// <summary>Reads the domain of an identity: a name of more than one label and no address literal (RFC 7208 4.3).</summary>
    public static bool TryReadIdentity(string text, out DnsName name)
    {
        name = default;
        return !text.StartsWith('[') && TryParse(text, out name) && name.LabelCount > 1;
    }

    // A backslash is an octet like any other here, and begins no escape.
    private static bool TryParse(ReadOnlySpan<char> text, out DnsName name)
    {
        name = default;
        if (text.Length > DnsName.MaxOctets)
            return false;
        return text.Contains('\\') ? DnsName.TryParse(text.ToString().Replace("\\", "\\\\", StringComparison.Ordinal), out name) : DnsName.TryParse(text, out name);
    }
}
