// Which of the header fields that carry a signature.
namespace MailFunctions.Authentication.Dkim;

/// <summary>The three fields that share most of their tags.</summary>
internal enum SignatureKind
{
    /// <summary>DKIM-Signature (RFC 6376 3.5).</summary>
    Dkim,

    /// <summary>ARC-Message-Signature (RFC 8617 4.1.2): i= is a number, and there is no v=.</summary>
    ArcMessage,

    /// <summary>ARC-Seal (RFC 8617 4.1.3): covers nothing but ARC fields.</summary>
    ArcSeal,
}
