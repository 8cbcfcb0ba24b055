// Makes the keys of a domain, and the records that publish them.
using System.Globalization;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>An RSA key, which every verifier knows, and an Ed25519 key, for those that know better (RFC 8463 3).</summary>
internal static class KeyPairs
{
    /// <summary>Makes a pair that no other of the domain has the selectors of.</summary>
    public static IReadOnlyList<DkimPrivateKey> Make(IReadOnlyList<DkimPrivateKey> others, string? name, DkimKeyState state, DateTimeOffset now)
    {
        name ??= now.ToString("yyyyMM", CultureInfo.InvariantCulture);
        var unused = name;
        for (var number = 2; others.Any(key => key.Selector.StartsWith($"{unused}-", StringComparison.Ordinal)); number++)
            unused = $"{name}-{number}";
        return
        [
            new DkimPrivateKey($"{unused}-rsa", SigningKey.NewRsa().ExportPem(), state, now),
            new DkimPrivateKey($"{unused}-ed25519", SigningKey.NewEd25519().ExportPem(), state, now),
        ];
    }

    /// <summary>What a person may see of a key.</summary>
    public static DkimKeyView ViewOf(DomainName domain, DkimPrivateKey key)
    {
        if (!SigningKey.TryParse(key.Pem, out var parsed, out var fault))
            return new DkimKeyView(domain.Text, key.Selector, $"unreadable: {fault}", key.State.ToString().ToLowerInvariant(), key.Since, NameOf(domain, key), null, null);
        return new DkimKeyView(
            domain.Text, key.Selector, parsed.Algorithm == SigningAlgorithm.Rsa ? "rsa" : "ed25519", key.State.ToString().ToLowerInvariant(), key.Since,
            NameOf(domain, key), parsed.DnsRecord, $"{NameOf(domain, key)}. IN TXT {ZoneFile.Quote(parsed.DnsRecord)}");
    }

    private static string NameOf(DomainName domain, DkimPrivateKey key) => $"{key.Selector}._domainkey.{domain.Text}";
}
