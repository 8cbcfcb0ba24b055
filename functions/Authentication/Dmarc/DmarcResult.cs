// What a DMARC check says of the author's domain.
namespace MailFunctions.Authentication.Dmarc;

/// <summary>The results of RFC 7489 11.2.</summary>
public enum DmarcResult
{
    /// <summary>The domain asks for nothing, or there is no author whose domain could be asked.</summary>
    None,

    /// <summary>The domain of every author answers for the message.</summary>
    Pass,

    /// <summary>The domain asks for a check and does not answer for the message.</summary>
    Fail,

    /// <summary>It could not be learned for now what the domain asks for; later it may be.</summary>
    TempError,

    /// <summary>The message names its authors in a way that cannot be checked.</summary>
    PermError,
}
