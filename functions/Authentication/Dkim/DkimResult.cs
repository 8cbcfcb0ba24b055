// What is known of one DKIM signature.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dkim;

/// <summary>The result of checking one signature.</summary>
/// <param name="Verdict">Good or not.</param>
/// <param name="Domain">Who signed (d=), as far as it could be read.</param>
/// <param name="Selector">With which key (s=), as far as it could be read.</param>
/// <param name="Reason">Why the verdict is not <see cref="DkimVerdict.Pass"/>; words of ours, safe to write anywhere.</param>
public sealed record DkimResult(DkimVerdict Verdict, DomainName? Domain, string? Selector, string Reason)
{
    /// <summary>The algorithm (a=), if it is one we know.</summary>
    public string? Algorithm { get; init; }

    /// <summary>The first octets of the signature in base64: they tell signatures of one domain apart (header.b, RFC 6008 4).</summary>
    public string? SignatureStart { get; init; }

    /// <summary>True if octets at the end of the body are not signed (l=): anyone may have written them.</summary>
    public bool LeavesBodyOpen { get; init; }

    /// <summary>True if the domain says that it only tries DKIM out (t=y).</summary>
    public bool IsTesting { get; init; }

    /// <summary>
    /// True if the domain answers for the whole message. Only then may the result count for DMARC: a pass with an open body says nothing of what a reader
    /// would see.
    /// </summary>
    public bool MayAlign => Verdict == DkimVerdict.Pass && !LeavesBodyOpen;
}
