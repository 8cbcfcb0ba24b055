// MAIL FROM: begins a transaction.
using System.Globalization;
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.2, with SIZE (RFC 1870), BODY (RFC 6152), RET and ENVID (RFC 3461) and, where logins are, AUTH (RFC 4954).</summary>
internal static class MailVerb
{
    public static Step Run(SmtpSession session, Command.Mail command)
    {
        var eightBit = false;
        ReturnRequest? give = null;
        string? envelopeId = null;
        var seen = new HashSet<string>();
        foreach (var (keyword, value) in command.Parameters)
        {
            if (!seen.Add(keyword))
                return Replies.ParameterSyntax;
            switch (keyword)
            {
                case "SIZE" when session.IsExtended:
                    // RFC 1870 3: at most 20 digits
                    if (value is null or { Length: > 20 } || !UInt128.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                        return Replies.ParameterSyntax;
                    if (size > (UInt128)session.Services.Options.MaxMessageBytes)
                        return Replies.MessageTooBig;
                    break;
                case "BODY" when session.IsExtended && value is not null:
                    if (value.Equals("8BITMIME", StringComparison.OrdinalIgnoreCase))
                        eightBit = true;
                    else if (!value.Equals("7BIT", StringComparison.OrdinalIgnoreCase))
                        return Replies.UnknownParameter;
                    break;
                case "RET" when session.IsExtended:
                    if (!DsnParameters.TryReadReturn(value, out var request))
                        return Replies.ParameterSyntax;
                    give = request;
                    break;
                case "ENVID" when session.IsExtended:
                    if (!DsnParameters.TryReadEnvelopeId(value, out envelopeId))
                        return Replies.ParameterSyntax;
                    break;
                case "AUTH" when session.IsExtended && session.Listener.Service == Service.Submit && value is not null:
                    // RFC 4954 5: whoever offers AUTH takes it; whom a client names is not believed, which is as if it had named nobody.
                    break;
                default:
                    return Replies.UnknownParameter;
            }
        }
        // RFC 6409 6.1: what a user submits comes from him; he has no null sender either.
        if (session.Login is { } login && command.ReversePath?.Canonical != login)
            return Replies.SenderNotOwned;

        session.Begin(new MailTransaction(command.ReversePath, eightBit) { Return = give, EnvelopeId = envelopeId });
        return Replies.SenderOk;
    }
}
