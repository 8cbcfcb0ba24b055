// The field that tells those behind us who really sent a message.
using System.Text;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;

namespace MailFunctions.Authentication;

/// <summary>Authentication-Results (RFC 8601).</summary>
/// <param name="Id">Who says it (authserv-id): our host name.</param>
/// <param name="Results">What was found; empty writes <c>none</c>.</param>
public sealed record AuthenticationResults(string Id, IReadOnlyList<MethodResult> Results)
{
    /// <summary>The field, folded, with CR LF at its end. Nothing but printable ASCII is in it, whatever the values are.</summary>
    public string ToField() => Write("Authentication-Results: ");

    /// <summary>The result of a DKIM signature.</summary>
    public static MethodResult Of(DkimResult dkim)
    {
        var properties = new List<KeyValuePair<string, string>>();
        if (dkim.Domain is { } domain)
            properties.Add(new("header.d", domain.Text));
        if (dkim.Selector is { } selector)
            properties.Add(new("header.s", selector));
        if (dkim.Algorithm is { } algorithm)
            properties.Add(new("header.a", algorithm));
        if (dkim.SignatureStart is { } start)
            properties.Add(new("header.b", start)); // RFC 6008
        return new MethodResult("dkim", Word(dkim.Verdict)) { Reason = dkim.Reason, Properties = properties };
    }

    /// <summary>The result of a message's ARC chain (RFC 8617 10.2).</summary>
    public static MethodResult Of(ArcResult arc) =>
        new("arc", arc.Verdict switch { ArcVerdict.Pass => "pass", ArcVerdict.Fail => "fail", _ => "none" }) { Reason = arc.Reason };

    /// <summary>The result of SPF and the identity it was checked for (RFC 8601 2.7.2).</summary>
    public static MethodResult Of(SpfVerdict spf) => new("spf", Word(spf.Result))
    {
        Reason = spf.Reason ?? "",
        Properties = spf.Domain.Length == 0 ? [] : [new(spf.Identity == SpfIdentity.Helo ? "smtp.helo" : "smtp.mailfrom", spf.Domain)],
    };

    /// <summary>The result of DMARC (RFC 7489 11.1), with the policy and what is made of it.</summary>
    public static MethodResult Of(DmarcVerdict dmarc)
    {
        var properties = new List<KeyValuePair<string, string>>();
        if (dmarc.Domain is { } domain)
            properties.Add(new("header.from", domain.Text));
        if (dmarc.PublishedAt is not null)
            properties.Add(new("policy.published-domain-policy", Word(dmarc.Policy)));
        if (dmarc.Result == DmarcResult.Fail)
            properties.Add(new("policy.applied-disposition", Word(dmarc.Disposition)));
        return new MethodResult("dmarc", Word(dmarc.Result)) { Reason = dmarc.Reason, Properties = properties };
    }

    /// <summary>The word of RFC 8601 2.7.2 for a result.</summary>
    public static string Word(SpfResult result) => result switch
    {
        SpfResult.Pass => "pass",
        SpfResult.Fail => "fail",
        SpfResult.SoftFail => "softfail",
        SpfResult.Neutral => "neutral",
        SpfResult.TempError => "temperror",
        SpfResult.PermError => "permerror",
        _ => "none",
    };

    /// <summary>The word of RFC 7489 11.2 for a result.</summary>
    public static string Word(DmarcResult result) => result switch
    {
        DmarcResult.Pass => "pass",
        DmarcResult.Fail => "fail",
        DmarcResult.TempError => "temperror",
        DmarcResult.PermError => "permerror",
        _ => "none",
    };

    /// <summary>The word of RFC 7489 6.3 for a policy.</summary>
    public static string Word(DmarcPolicy policy) => policy switch
    {
        DmarcPolicy.Quarantine => "quarantine",
        DmarcPolicy.Reject => "reject",
        _ => "none",
    };

    /// <summary>The word of RFC 8601 2.7.1 for a verdict.</summary>
    public static string Word(DkimVerdict verdict) => verdict switch
    {
        DkimVerdict.Pass => "pass",
        DkimVerdict.Fail => "fail",
        DkimVerdict.Policy => "policy",
        DkimVerdict.Neutral => "neutral",
        DkimVerdict.TempError => "temperror",
        DkimVerdict.PermError => "permerror",
        _ => "none",
    };

    /// <summary>The same results as part of an ARC set (RFC 8617 4.1.1).</summary>
    internal RawField ToArcField(string instance) => new(Encoding.ASCII.GetBytes(Write($"ARC-Authentication-Results: i={instance}; ")));

    private string Write(string start)
    {
        var text = new StringBuilder(start).Append(ResultValue.Write(Id));
        if (Results.Count == 0)
            text.Append("; none"); // RFC 8601 2.2
        foreach (var result in Results)
        {
            text.Append(";\r\n\t").Append(result.Method).Append('=').Append(result.Result);
            if (result.Reason.Length > 0)
                text.Append(" reason=").Append(ResultValue.Quote(result.Reason));
            foreach (var (name, value) in result.Properties)
                text.Append("\r\n\t ").Append(name).Append('=').Append(ResultValue.Write(value));
        }
        return text.Append("\r\n").ToString();
    }
}
