// EHLO and HELO: the client's name, and what we can do.
using System.Globalization;
using MailFunctions.Gateway.Logins;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>RFC 5321 4.1.1.1.</summary>
internal static class HelloVerb
{
    public static Step Extended(SmtpSession session, Command.Ehlo command)
    {
        session.Greet(command.Name, isExtended: true);
        var lines = new List<string>
        {
            session.Services.Options.Hostname,
            Extension.Pipelining,
            string.Create(CultureInfo.InvariantCulture, $"{Extension.Size} {session.Services.Options.MaxMessageBytes}"),
            Extension.EightBitMime,
            Extension.EnhancedStatusCodes,
            Extension.Dsn,
            Extension.Chunking,
            Extension.SmtpUtf8,
            string.Create(CultureInfo.InvariantCulture, $"{Extension.Limits} RCPTMAX={session.MaxRecipients}"),
        };
        // What the rules would refuse is not offered.
        if (SmtpRules.StartTls.Refuse(SmtpRules.Ehlo.Behind(session.Facts)) is null)
            lines.Add(Extension.StartTls);
        if (SmtpRules.Auth.Refuse(SmtpRules.Ehlo.Behind(session.Facts)) is null)
            lines.Add($"{Extension.Auth} {SaslMechanisms.List(session.SaslChannel)}");
        return new Reply(250, lines);
    }

    public static Step Plain(SmtpSession session, Command.Helo command)
    {
        session.Greet(command.Name, isExtended: false);
        return new Reply(250, session.Services.Options.Hostname);
    }
}
