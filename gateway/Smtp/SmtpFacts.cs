// What a session knows between two commands, as far as it decides which commands are possible.
namespace MailFunctions.Gateway.Smtp;

/// <summary>The facts of a session that <see cref="SmtpRules"/> is about.</summary>
[Flags]
internal enum SmtpFacts
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Mail is submitted on this listener (RFC 6409), not received.</summary>
    Submission = 1,

    /// <summary>There is a certificate to go under TLS with.</summary>
    Certificate = 2,

    /// <summary>The connection is under TLS.</summary>
    Tls = 4,

    /// <summary>EHLO or HELO was said.</summary>
    Greeted = 8,

    /// <summary>It was EHLO.</summary>
    Extended = 16,

    /// <summary>The client has logged in.</summary>
    LoggedIn = 32,

    /// <summary>A transaction is open.</summary>
    Transaction = 64,

    /// <summary>It has a recipient.</summary>
    Recipient = 128,

    /// <summary>A chunk of its message has come: it knows nothing but more of them, and RSET.</summary>
    Chunks = 256,

    /// <summary>A transaction and all that is of it.</summary>
    Mail = Transaction | Recipient | Chunks,
}
