// Whose word an SPF check asked for.
namespace MailFunctions.Authentication.Spf;

/// <summary>The identities of RFC 7208 2.3 and 2.4.</summary>
public enum SpfIdentity
{
    /// <summary>The domain of MAIL FROM.</summary>
    MailFrom,

    /// <summary>The name that the client gave in HELO or EHLO.</summary>
    Helo,
}
