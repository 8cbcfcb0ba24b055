// The algorithms that signatures are accepted in.
namespace MailFunctions.Authentication.Dkim;

/// <summary>How a signature is made; the hash is SHA-256 in all of them (RFC 8301 3.1).</summary>
public enum SigningAlgorithm
{
    /// <summary>rsa-sha256 (RFC 6376 3.3.2).</summary>
    Rsa,

    /// <summary>ed25519-sha256 (RFC 8463).</summary>
    Ed25519,
}
