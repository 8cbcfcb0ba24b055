// Reads what MAIL and RCPT say about reports.
using MailFunctions.Mail;

namespace MailFunctions.Smtp;

/// <summary>The values of RET, ENVID and ORCPT (RFC 3461 4); NOTIFY is read by <see cref="NotifyParameter"/>.</summary>
public static class DsnParameters
{
    private const int MaxEnvelopeId = 100;        // RFC 3461 4.4
    private const int MaxOriginalRecipient = 500; // RFC 3461 4.2

    /// <summary>Reads RET: <c>FULL</c> or <c>HDRS</c>, in letters of any case.</summary>
    public static bool TryReadReturn(string? value, out ReturnRequest request)
    {
        request = ReturnRequest.Full;
        if ("FULL".Equals(value, StringComparison.OrdinalIgnoreCase))
            return true;
        request = ReturnRequest.Headers;
        return "HDRS".Equals(value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads ENVID: xtext of at most 100 characters that is not empty.</summary>
    public static bool TryReadEnvelopeId(string? value, out string id)
    {
        id = "";
        return value is { Length: > 0 and <= MaxEnvelopeId } && Xtext.TryDecode(value, out id);
    }

    /// <summary>Reads ORCPT: a type made of letters, digits and hyphens, a semicolon, and an address in xtext; at most 500 characters.</summary>
    public static bool TryReadOriginalRecipient(string? value, out OriginalRecipient? recipient)
    {
        recipient = null;
        if (value is not { Length: <= MaxOriginalRecipient } || value.IndexOf(';', StringComparison.Ordinal) is not (> 0 and var end))
            return false;
        var type = value[..end];
        if (!type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || !Xtext.TryDecode(value.AsSpan(end + 1), out var address) || address.Length == 0)
            return false;
        recipient = new OriginalRecipient(type, address);
        return true;
    }
}
