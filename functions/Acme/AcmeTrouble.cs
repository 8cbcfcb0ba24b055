// What can keep us from a certificate, as a value.
namespace MailFunctions.Acme;

/// <summary>Whose fault it is, and so what helps.</summary>
public enum AcmeTroubleKind
{
    /// <summary>The authority, the vault or the zone does not answer, or not in time: try again later.</summary>
    Unreachable,

    /// <summary>The authority answers with what RFC 8555 does not allow.</summary>
    Malformed,

    /// <summary>The authority has had too many requests (RFC 8555 6.6): try again at the time that is told.</summary>
    RateLimited,

    /// <summary>The authority says no.</summary>
    Refused,

    /// <summary>The authority looked for our proof of a name and did not find it.</summary>
    NotValidated,

    /// <summary>The authority did not come to an end within our limit.</summary>
    TooSlow,

    /// <summary>What was issued is not for our key or our names.</summary>
    WrongCertificate,

    /// <summary>The proof could not be put where the authority looks for it.</summary>
    ChallengeNotSet,

    /// <summary>Account or certificate could not be read or written.</summary>
    StateUnusable,
}

/// <summary>Why there is no certificate.</summary>
/// <param name="Kind">Whose fault it is.</param>
/// <param name="Text">One line for the operator, without secrets; what it repeats of the authority's words is cut and has no control characters.</param>
/// <param name="RetryAt">When the authority wants to be asked again; null if it does not say.</param>
public sealed record AcmeTrouble(AcmeTroubleKind Kind, string Text, DateTimeOffset? RetryAt = null);

/// <summary>
/// Carries trouble out of the steps of one order, each of which needs the one before: caught where the library is entered, and a value from there on.
/// Whoever implements one of its interfaces fails with this as well.
/// </summary>
public sealed class AcmeException : Exception
{
    /// <summary>Carries trouble.</summary>
    public AcmeException(AcmeTrouble trouble, Exception? cause = null)
        : base(trouble.Text, cause) =>
        Trouble = trouble;

    /// <summary>Carries trouble.</summary>
    public AcmeException(AcmeTroubleKind kind, string text, Exception? cause = null)
        : this(new AcmeTrouble(kind, text), cause)
    {
    }

    /// <summary>What it is.</summary>
    public AcmeTrouble Trouble { get; }
}
