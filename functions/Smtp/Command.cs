// The commands of SMTP as types: what a command line says once its syntax is understood.
using MailFunctions.Mail;

namespace MailFunctions.Smtp;

/// <summary>A parameter of MAIL or RCPT (RFC 5321 4.1.2 esmtp-param): the keyword in capitals, and the value if there is one.</summary>
public readonly record struct EsmtpParameter(string Keyword, string? Value);

/// <summary>A command, its arguments parsed.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>EHLO (RFC 5321 4.1.1.1).</summary>
    /// <param name="Name">The client's name for itself: letters, digits and the characters of host names and literals, nothing else.</param>
    public sealed record Ehlo(string Name) : Command;

    /// <summary>HELO (RFC 5321 4.1.1.1).</summary>
    /// <param name="Name">As for EHLO.</param>
    public sealed record Helo(string Name) : Command;

    /// <summary>MAIL FROM (RFC 5321 4.1.1.2).</summary>
    /// <param name="ReversePath">The sender, or null for <c>&lt;&gt;</c>.</param>
    /// <param name="Parameters">Its parameters, as sent.</param>
    public sealed record Mail(EmailAddress? ReversePath, IReadOnlyList<EsmtpParameter> Parameters) : Command
    {
        /// <summary>True if the address was written with UTF-8, which only SMTPUTF8 allows (RFC 6531 3.3).</summary>
        public bool IsUtf8 { get; init; }
    }

    /// <summary>RCPT TO (RFC 5321 4.1.1.3).</summary>
    /// <param name="ForwardPath">The recipient, or null for <c>&lt;Postmaster&gt;</c> without a domain.</param>
    /// <param name="Parameters">Its parameters, as sent.</param>
    public sealed record Rcpt(EmailAddress? ForwardPath, IReadOnlyList<EsmtpParameter> Parameters) : Command
    {
        /// <summary>As for MAIL.</summary>
        public bool IsUtf8 { get; init; }
    }

    /// <summary>DATA (RFC 5321 4.1.1.4).</summary>
    public sealed record Data : Command;

    /// <summary>BDAT (RFC 3030 2).</summary>
    /// <param name="Octets">The declared size of the chunk behind the command, or null if it cannot be read: then nobody knows where commands go on.</param>
    /// <param name="IsLast">True if the message ends with this chunk.</param>
    /// <param name="IsWellFormed">False if there is more, or something else, than size and LAST.</param>
    public sealed record Bdat(long? Octets, bool IsLast, bool IsWellFormed) : Command;

    /// <summary>RSET (RFC 5321 4.1.1.5).</summary>
    public sealed record Rset : Command;

    /// <summary>NOOP, its argument ignored (RFC 5321 4.1.1.9).</summary>
    public sealed record Noop : Command;

    /// <summary>VRFY, its argument ignored: we never tell (RFC 5321 3.5.3).</summary>
    public sealed record Vrfy : Command;

    /// <summary>EXPN, its argument ignored: we never tell (RFC 5321 3.5.3).</summary>
    public sealed record Expn : Command;

    /// <summary>HELP, its argument ignored (RFC 5321 4.1.1.8).</summary>
    public sealed record Help : Command;

    /// <summary>QUIT (RFC 5321 4.1.1.10).</summary>
    public sealed record Quit : Command;

    /// <summary>STARTTLS (RFC 3207).</summary>
    public sealed record StartTls : Command;

    /// <summary>AUTH (RFC 4954).</summary>
    /// <param name="Mechanism">The mechanism's name in capitals.</param>
    /// <param name="InitialResponse">The initial response, still in base64 (<c>=</c> for an empty one), or null.</param>
    public sealed record Auth(string Mechanism, string? InitialResponse) : Command;

    /// <summary>A verb that is not known or not offered.</summary>
    /// <param name="Verb">What stood in its place, at most 16 characters, for the log.</param>
    public sealed record Unknown(string Verb) : Command;

    /// <summary>A known verb whose arguments break the grammar.</summary>
    /// <param name="Reply">What the client is told.</param>
    public sealed record Invalid(Reply Reply) : Command;
}
