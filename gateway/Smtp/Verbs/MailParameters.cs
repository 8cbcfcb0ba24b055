// What MAIL says about the message.
using System.Globalization;
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>
/// SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461) and, where logins are, AUTH (RFC 4954); without EHLO there are none.
/// </summary>
internal readonly record struct MailParameters(long Size, bool EightBitMime, bool SmtpUtf8, ReturnRequest? Return, string? EnvelopeId)
{
    /// <summary>Reads the parameters of MAIL.</summary>
    /// <returns>What is wrong with them, or null.</returns>
    public static Reply? Read(IReadOnlyList<EsmtpParameter> parameters, SmtpSession session, out MailParameters read)
    {
        read = default;
        var seen = new HashSet<string>();
        foreach (var (keyword, value) in parameters)
        {
            if (!seen.Add(keyword))
                return Replies.ParameterSyntax;
            if (!session.IsExtended)
                return Replies.UnknownParameter;
            switch (keyword)
            {
                case "SIZE":
                    if (ReadSize(value, session.Services.Options.MaxMessageBytes, out var size) is { } objection)
                        return objection;
                    read = read with { Size = size };
                    break;
                case "BODY" when value is not null && value.Equals("8BITMIME", StringComparison.OrdinalIgnoreCase):
                    read = read with { EightBitMime = true };
                    break;
                case "BODY" when value is not null && value.Equals("7BIT", StringComparison.OrdinalIgnoreCase):
                    break;
                case "SMTPUTF8":
                    if (value is not null) // RFC 6531 3.1: it has none
                        return Replies.ParameterSyntax;
                    read = read with { SmtpUtf8 = true };
                    break;
                case "RET":
                    if (!DsnParameters.TryReadReturn(value, out var request))
                        return Replies.ParameterSyntax;
                    read = read with { Return = request };
                    break;
                case "ENVID":
                    if (!DsnParameters.TryReadEnvelopeId(value, out var id))
                        return Replies.ParameterSyntax;
                    read = read with { EnvelopeId = id };
                    break;
                case "AUTH" when session.Listener.Service == Service.Submit && value is not null:
                    // RFC 4954 5: whoever offers AUTH takes it; whom a client names is not believed, which is as if it had named nobody.
                    break;
                default:
                    return Replies.UnknownParameter;
            }
        }
        return null;
    }

    private static Reply? ReadSize(string? value, long most, out long size)
    {
        size = 0;
        // RFC 1870 3: at most 20 digits
        if (value is null or { Length: > 20 } || !UInt128.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var octets))
            return Replies.ParameterSyntax;
        if (octets > (UInt128)most)
            return Replies.MessageTooBig;
        size = (long)octets;
        return null;
    }
}
