// What verbs may know of the connection, and what the session has done.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The facts of one session at one layer of security; an upgrade to TLS makes new ones.</summary>
/// <param name="id">The session's name in the log.</param>
/// <param name="facts">What the connection allows: passwords, and to be put under TLS.</param>
/// <param name="mechanisms">The SASL mechanisms over this connection.</param>
internal sealed class SessionFacts(string id, Pop3Facts facts, string mechanisms)
{
    /// <summary>The session's name in the log.</summary>
    public string Id => id;

    /// <summary>What the connection allows, and whether the client has said UTF8.</summary>
    public Pop3Facts Facts => facts | (IsUtf8 ? Pop3Facts.Utf8 : 0);

    /// <summary>Whether the client has said UTF8.</summary>
    public bool IsUtf8 { get; set; }

    /// <summary>The SASL mechanisms over this connection.</summary>
    public string Mechanisms => mechanisms;

    /// <summary>Who has logged in.</summary>
    public EmailAddress? Account { get; set; }

    /// <summary>How many messages were sent to the client to their last octet, TOP not counted.</summary>
    public int Retrieved { get; set; }

    /// <summary>How many messages were deleted.</summary>
    public int Deleted { get; set; }
}
