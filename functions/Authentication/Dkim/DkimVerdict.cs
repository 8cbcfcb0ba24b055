// What is made of a signature.
namespace MailFunctions.Authentication.Dkim;

/// <summary>The results of a DKIM check in the words of RFC 8601 2.7.1.</summary>
public enum DkimVerdict
{
    /// <summary>There is no signature.</summary>
    None,

    /// <summary>The signature is good: the domain answers for what it covers.</summary>
    Pass,

    /// <summary>The signature is not of this message, or is not valid any more.</summary>
    Fail,

    /// <summary>The signature is good or not, and not of a kind that we accept: weak keys and hashes, and messages that can be read in two ways.</summary>
    Policy,

    /// <summary>The signature is of a kind that we do not know. To be treated as none.</summary>
    Neutral,

    /// <summary>The key could not be had for now; later it may be.</summary>
    TempError,

    /// <summary>Signature or key are malformed, or the key is not there; only the signer can help.</summary>
    PermError,
}
