// Reads the path of MAIL FROM and RCPT TO, and the parameters behind it.
using System.Text;
using System.Text.Unicode;
using MailFunctions.Mail;

namespace MailFunctions.Smtp;

/// <summary>What stands between &lt; and &gt;.</summary>
/// <param name="Address">The address, or null for none and for <c>Postmaster</c>.</param>
/// <param name="IsPostmaster">True for <c>Postmaster</c> without a domain.</param>
/// <param name="IsUtf8">True if it was written with UTF-8 (RFC 6531), in the local part or the domain.</param>
internal readonly record struct MailPath(EmailAddress? Address, bool IsPostmaster, bool IsUtf8);

/// <summary>The grammar of RFC 5321 4.1.2: Reverse-path, Forward-path and esmtp-param.</summary>
internal static class PathParser
{
    private const int MaxParameters = 20;

    /// <summary>The longest path, its angle brackets included (RFC 5321 4.5.3.1.3), with room for a source route that is stripped.</summary>
    private const int MaxPathLength = 1_024;

    /// <summary>Reads a path at the start of <paramref name="text"/>; the rest is what stands behind the closing bracket.</summary>
    /// <returns>False if it is no path. An empty address is a path only for <c>&lt;&gt;</c>.</returns>
    public static bool TryReadPath(ReadOnlySpan<byte> text, out MailPath path, out ReadOnlySpan<byte> rest)
    {
        path = default;
        rest = default;
        if (text.IsEmpty || text[0] != '<')
            return false;
        var end = IndexOfClosingBracket(text);
        if (end < 0 || end >= MaxPathLength || text[..end].ContainsAnyInRange((byte)0, (byte)0x1f) || !Utf8.IsValid(text[..end]))
            return false;
        rest = text[(end + 1)..];
        var inner = text[1..end];
        if (inner.IsEmpty)
            return true;
        if (inner[0] == '@')
        {
            // RFC 5321 4.1.1.3 and appendix C: a source route is read and ignored, never followed.
            var colon = inner.IndexOf((byte)':');
            if (colon < 0 || !IsRoute(inner[..colon]))
                return false;
            inner = inner[(colon + 1)..];
        }
        if (Ascii.EqualsIgnoreCase(inner, "Postmaster"u8))
        {
            path = new MailPath(null, IsPostmaster: true, IsUtf8: false);
            return true;
        }
        if (!EmailAddress.TryParse(Encoding.UTF8.GetString(inner), out var address))
            return false;
        path = new MailPath(address, IsPostmaster: false, IsUtf8: !Ascii.IsValid(inner));
        return true;
    }

    /// <summary>Reads the parameters behind a path.</summary>
    /// <returns>False if they are no list of KEYWORD or KEYWORD=value, each behind one space.</returns>
    public static bool TryReadParameters(ReadOnlySpan<byte> text, out IReadOnlyList<EsmtpParameter> parameters)
    {
        parameters = [];
        text = text.TrimEnd((byte)' ');
        if (text.IsEmpty)
            return true;
        var list = new List<EsmtpParameter>();
        while (!text.IsEmpty)
        {
            if (text[0] != ' ' || list.Count == MaxParameters)
                return false;
            text = text.TrimStart((byte)' ');
            var end = text.IndexOf((byte)' ');
            if (end < 0)
                end = text.Length;
            if (!TryReadParameter(text[..end], out var parameter))
                return false;
            list.Add(parameter);
            text = text[end..];
        }
        parameters = list;
        return true;
    }

    private static bool TryReadParameter(ReadOnlySpan<byte> text, out EsmtpParameter parameter)
    {
        parameter = default;
        var equals = text.IndexOf((byte)'=');
        var keyword = equals < 0 ? text : text[..equals];
        var value = equals < 0 ? default : text[(equals + 1)..];
        if (keyword.IsEmpty || !char.IsAsciiLetterOrDigit((char)keyword[0]) || (equals >= 0 && value.IsEmpty))
            return false;
        foreach (var octet in keyword)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet) && octet != '-')
                return false;
        }
        // esmtp-value: anything printable but = and space
        if (value.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) || value.Contains((byte)'='))
            return false;
        parameter = new EsmtpParameter(Encoding.ASCII.GetString(keyword).ToUpperInvariant(), equals < 0 ? null : Encoding.ASCII.GetString(value));
        return true;
    }

    // A bracket inside a quoted local part closes nothing.
    private static int IndexOfClosingBracket(ReadOnlySpan<byte> text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\')
                i++;
            else if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == '>' && !quoted)
                return i;
        }
        return -1;
    }

    // At-domain *( "," At-domain )
    private static bool IsRoute(ReadOnlySpan<byte> text)
    {
        foreach (var range in text.Split((byte)','))
        {
            var hop = text[range];
            if (hop.Length < 2 || hop[0] != '@' || !DomainName.TryParse(Encoding.ASCII.GetString(hop[1..]), out _))
                return false;
        }
        return true;
    }
}
