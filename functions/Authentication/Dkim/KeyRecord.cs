// A public key as it is published.
using System.Diagnostics.CodeAnalysis;

namespace MailFunctions.Authentication.Dkim;

/// <summary>A key record (RFC 6376 3.6.1).</summary>
/// <param name="Type">What kind of key (k=).</param>
/// <param name="Key">The key (p=); empty if it is revoked, null if it is malformed.</param>
/// <param name="AcceptsSha256">False if the owner wants other hashes only (h=).</param>
/// <param name="IsForMail">False if it is for other services only (s=).</param>
/// <param name="IsTesting">The owner only tries it out (t=y).</param>
/// <param name="IsStrict">The identity that is signed for must be the domain itself (t=s).</param>
internal sealed record KeyRecord(string Type, byte[]? Key, bool AcceptsSha256, bool IsForMail, bool IsTesting, bool IsStrict)
{
    /// <summary>Reads a record.</summary>
    /// <returns>False for what is no key record: other text may stand at the name.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> octets, [NotNullWhen(true)] out KeyRecord? record)
    {
        record = null;
        // RFC 6376 3.6.1: v= comes first if it comes, and is DKIM1.
        if (!TagList.TryParse(octets, out var tags) || (tags.Has("v") && (tags.First != "v" || tags.Text("v") != "DKIM1")) || !tags.Has("p"))
            return false;
        var services = tags.Has("s") ? tags.Items("s") : ["*"];
        var flags = tags.Items("t");
        record = new KeyRecord(
            tags.Text("k") ?? "rsa",
            tags.Text("p") is "" ? [] : tags.Base64("p"),
            !tags.Has("h") || tags.Items("h").Contains("sha256", StringComparer.Ordinal),
            services.Contains("*", StringComparer.Ordinal) || services.Contains("email", StringComparer.Ordinal),
            flags.Contains("y", StringComparer.Ordinal),
            flags.Contains("s", StringComparer.Ordinal));
        return true;
    }
}
