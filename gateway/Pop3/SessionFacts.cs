// What verbs may know of the connection, and what the session has done.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The facts of one session at one layer of security; an upgrade to TLS makes new ones.</summary>
/// <param name="id">The session's name in the log.</param>
/// <param name="mayLogIn">Whether a password may be sent over this connection.</param>
/// <param name="mayStartTls">Whether the connection can be put under TLS.</param>
/// <param name="mechanisms">The SASL mechanisms over this connection.</param>
internal sealed class SessionFacts(string id, bool mayLogIn, bool mayStartTls, string mechanisms)
{
    /// <summary>The session's name in the log.</summary>
    public string Id => id;

    /// <summary>Whether a password may be sent over this connection.</summary>
    public bool MayLogIn => mayLogIn;

    /// <summary>Whether the connection can be put under TLS.</summary>
    public bool MayStartTls => mayStartTls;

    /// <summary>The SASL mechanisms over this connection.</summary>
    public string Mechanisms => mechanisms;

    /// <summary>Who has logged in.</summary>
    public EmailAddress? Account { get; set; }

    /// <summary>How many messages were sent to the client to their last octet, TOP not counted.</summary>
    public int Retrieved { get; set; }

    /// <summary>How many messages were deleted.</summary>
    public int Deleted { get; set; }
}
