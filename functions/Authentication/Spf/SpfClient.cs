// What is known of a client that sends a message.
using System.Net;

namespace MailFunctions.Authentication.Spf;

/// <summary>The three things that SPF is about. Helo and sender may be any text: what is no domain has the result <see cref="SpfResult.None"/>.</summary>
/// <param name="Address">The client's own address; an IPv4 address in IPv6 form is taken for what it is.</param>
/// <param name="Helo">What the client said in HELO or EHLO.</param>
/// <param name="MailFrom">The sender of the envelope without brackets; empty for the null sender.</param>
public sealed record SpfClient(IPAddress Address, string Helo, string MailFrom);
