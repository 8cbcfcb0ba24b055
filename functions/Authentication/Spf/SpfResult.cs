// What an SPF check says of a client and a domain.
namespace MailFunctions.Authentication.Spf;

/// <summary>The results of RFC 7208 2.6.</summary>
public enum SpfResult
{
    /// <summary>The domain says nothing, or there is no domain that could.</summary>
    None,

    /// <summary>The domain says that it says nothing of this client. To be treated as <see cref="None"/> (RFC 7208 8.2).</summary>
    Neutral,

    /// <summary>The client may send for the domain.</summary>
    Pass,

    /// <summary>The client may not send for the domain.</summary>
    Fail,

    /// <summary>The client probably may not send for the domain.</summary>
    SoftFail,

    /// <summary>It could not be learned for now; later it may be.</summary>
    TempError,

    /// <summary>What the domain publishes cannot be understood; only its owner can help.</summary>
    PermError,
}
