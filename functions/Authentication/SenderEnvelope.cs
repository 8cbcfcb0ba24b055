// What is known of whoever brought a message.
using System.Net;

namespace MailFunctions.Authentication;

/// <summary>The client and its words, as far as they are known.</summary>
/// <param name="Address">The client's own address; null where it is not known, which leaves SPF with nothing to ask about.</param>
/// <param name="Helo">What the client said in HELO or EHLO; empty if nothing.</param>
/// <param name="MailFrom">The sender of the envelope without brackets; empty for the null sender.</param>
public sealed record SenderEnvelope(IPAddress? Address, string Helo, string MailFrom);
