// A key and where its public half stands.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dkim;

/// <summary>What a domain signs with.</summary>
/// <param name="Domain">Who signs (d=).</param>
/// <param name="Selector">Below which name the key is published (s=).</param>
/// <param name="Key">The private key.</param>
public sealed record DkimKey(DomainName Domain, string Selector, SigningKey Key);
