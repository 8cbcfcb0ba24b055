// A recipient as the sender named him, for reports.
namespace MailFunctions.Mail;

/// <summary>A recipient as the sender named him: the value of ORCPT in RCPT (RFC 3461 4.2).</summary>
/// <param name="AddressType">The type, <c>rfc822</c> as a rule.</param>
/// <param name="Address">The address, decoded from xtext.</param>
public sealed record OriginalRecipient(string AddressType, string Address)
{
    /// <summary>The address named in RCPT.</summary>
    public static OriginalRecipient Of(EmailAddress address) => new("rfc822", address.ToString());

    /// <summary>Reads what <see cref="ToString"/> printed.</summary>
    /// <exception cref="FormatException">There is no semicolon in it.</exception>
    public static OriginalRecipient Parse(string text) => text.IndexOf(';', StringComparison.Ordinal) is > 0 and var end
        ? new OriginalRecipient(text[..end], text[(end + 1)..])
        : throw new FormatException($"'{text}' is not an original recipient like rfc822;name@example.org.");

    /// <summary>Type and address with a semicolon between them.</summary>
    public override string ToString() => $"{AddressType};{Address}";
}
