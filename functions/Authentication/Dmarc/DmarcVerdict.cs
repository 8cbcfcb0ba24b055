// The end of a DMARC check.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>What was found, and of whom.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The author's domain; of several the one that decided. Null if there is none that could be read.</param>
/// <param name="Policy">What the domain asks for where a check fails, lowered already if it only tries the policy out (t=y).</param>
/// <param name="Disposition">What is to be done: <see cref="DmarcPolicy.None"/> unless the check failed for certain.</param>
/// <param name="Reason">Why it is not a plain result; words of ours, safe to write anywhere, empty if there is nothing to say.</param>
public sealed record DmarcVerdict(DmarcResult Result, DomainName? Domain, DmarcPolicy Policy, DmarcPolicy Disposition, string Reason = "")
{
    /// <summary>Where the policy was found: at the author's domain, its organizational domain or a public suffix above; null without one.</summary>
    public DomainName? PublishedAt { get; init; }

    /// <summary>True if SPF passed for a domain that aligns with the author's.</summary>
    public bool IsSpfAligned { get; init; }

    /// <summary>True if a DKIM signature passed whose domain aligns with the author's.</summary>
    public bool IsDkimAligned { get; init; }
}
