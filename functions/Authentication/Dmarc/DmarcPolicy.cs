// What a domain wants to be done with mail that it does not answer for.
namespace MailFunctions.Authentication.Dmarc;

/// <summary>The policies of RFC 7489 6.3, from the mildest to the strictest.</summary>
public enum DmarcPolicy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is to be treated as suspicious.</summary>
    Quarantine,

    /// <summary>It is to be refused.</summary>
    Reject,
}
