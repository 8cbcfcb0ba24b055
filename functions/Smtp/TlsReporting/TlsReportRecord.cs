// The TXT record by which a domain asks to be told how TLS with its exchangers went.
namespace MailFunctions.Smtp.TlsReporting;

/// <summary>The record at <c>_smtp._tls.DOMAIN</c> (RFC 8460 3).</summary>
/// <param name="Targets">Where reports go, as they stand there: <c>mailto:</c> and <c>https:</c> URIs, one at least, at most <see cref="MaxTargets"/>.</param>
public sealed record TlsReportRecord(IReadOnlyList<Uri> Targets)
{
    /// <summary>What stands before a domain to make the record's name.</summary>
    public const string Prefix = "_smtp._tls.";

    /// <summary>How many of the targets are used.</summary>
    public const int MaxTargets = 5;

    private const string Version = "v=TLSRPTv1";

    /// <summary>The domain's record among the texts at the name.</summary>
    /// <returns>Null if none of them is one, or several are (RFC 8460 3: then the domain does not take part), or it has no target that is known.</returns>
    public static TlsReportRecord? Find(IEnumerable<string> texts)
    {
        var ones = texts.Where(IsOne).Take(2).ToList();
        return ones.Count == 1 ? Parse(ones[0]) : null;
    }

    private static TlsReportRecord? Parse(string text)
    {
        foreach (var field in text.Split(';').Skip(1))
        {
            var (name, value) = field.Split('=', 2) is [var before, var after] ? (before.Trim(' ', '\t'), after.Trim(' ', '\t')) : ("", "");
            if (name != "rua")
                continue; // extensions are passed over
            var targets = value.Split(',').Select(item => Target(item.Trim(' ', '\t'))).OfType<Uri>().Distinct().Take(MaxTargets).ToList();
            return targets.Count > 0 ? new TlsReportRecord(targets) : null;
        }
        return null;
    }

    // RFC 8460 3: only these two schemes; commas, exclamation marks and semicolons within are percent-encoded.
    private static Uri? Target(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange('!', '~') && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeMailto || (uri.Scheme == Uri.UriSchemeHttps && uri.IsDefaultPort && uri.UserInfo.Length == 0))
            ? uri
            : null;

    private static bool IsOne(string text) =>
        text.StartsWith(Version, StringComparison.Ordinal) && text.AsSpan(Version.Length).TrimStart(" \t") is [';', ..];
}
