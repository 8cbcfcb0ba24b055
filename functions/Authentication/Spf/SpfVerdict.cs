// The end of an SPF check.
namespace MailFunctions.Authentication.Spf;

/// <summary>What was found, and of whom.</summary>
/// <param name="Result">The result.</param>
/// <param name="Identity">The identity that was checked.</param>
/// <param name="Domain">Its domain, as the client spelled it; any text if <see cref="Result"/> is <see cref="SpfResult.None"/>.</param>
/// <param name="Reason">Of an error, what was wrong, in words of ours; null otherwise.</param>
/// <param name="Explanation">Of a <see cref="SpfResult.Fail"/>, what the domain has to say about it; null if it says nothing usable.</param>
public sealed record SpfVerdict(SpfResult Result, SpfIdentity Identity, string Domain, string? Reason = null, SpfExplanation? Explanation = null);
