// A recipient as the sender named him, for reports.
using System.Globalization;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>A recipient as the sender named him: the value of ORCPT in RCPT (RFC 3461 4.2).</summary>
/// <param name="AddressType">The type, <c>rfc822</c> as a rule.</param>
/// <param name="Address">The address, decoded from xtext.</param>
public sealed record OriginalRecipient(string AddressType, string Address)
{
    /// <summary>The address named in RCPT; one in UTF-8 with each character beyond ASCII as <c>\x{HEX}</c>, so that any server and any report can say it.</summary>
    public static OriginalRecipient Of(EmailAddress address)
    {
        if (address.IsAscii)
            return new OriginalRecipient("rfc822", address.ToString());
        var escaped = new StringBuilder();
        foreach (var rune in address.ToString().EnumerateRunes())
        {
            // RFC 6533 3: utf-8-addr-xtext, in which a backslash, a plus and an equals sign are escaped too
            if (rune.IsAscii && rune.Value is not ('\\' or '+' or '='))
                escaped.Append((char)rune.Value);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }
        return new OriginalRecipient("utf-8", escaped.ToString());
    }

    /// <summary>Reads what <see cref="ToString"/> printed.</summary>
    /// <exception cref="FormatException">There is no semicolon in it.</exception>
    public static OriginalRecipient Parse(string text) => text.IndexOf(';', StringComparison.Ordinal) is > 0 and var end
        ? new OriginalRecipient(text[..end], text[(end + 1)..])
        : throw new FormatException($"'{text}' is not an original recipient like rfc822;name@example.org.");

    /// <summary>Type and address with a semicolon between them.</summary>
    public override string ToString() => $"{AddressType};{Address}";
}
