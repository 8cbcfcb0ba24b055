// What one step in the check of a signature came to.
namespace MailFunctions.Authentication.Dkim;

/// <summary>A verdict with its reason.</summary>
internal readonly record struct SignatureOutcome(DkimVerdict Verdict, string Reason)
{
    /// <summary>The key's owner only tries DKIM out.</summary>
    public bool IsTesting { get; init; }

    /// <summary>It is good.</summary>
    public static SignatureOutcome Pass => new(DkimVerdict.Pass, "");

    /// <summary>It is malformed.</summary>
    public static SignatureOutcome PermError(string reason) => new(DkimVerdict.PermError, reason);
}
