// Finds the keys that a domain's mail is signed with.
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Authentication.Dkim;

/// <summary>
/// Reads keys once for as long as their record stays the same. A domain without keys of its own is signed for by the nearest one above it that has some:
/// DMARC takes that for the same organization (RFC 7489 3.1.1).
/// </summary>
public sealed class DomainKeys(IDkimKeys keys)
{
    private readonly ConditionalWeakTable<DkimKeySet, IReadOnlyList<DkimKey>> _read = [];

    /// <summary>The keys that sign for a domain now; empty if there are none.</summary>
    /// <exception cref="StoreUnavailableException">That is not known.</exception>
    public async ValueTask<IReadOnlyList<DkimKey>> SigningAsync(DomainName domain, CancellationToken cancellationToken)
    {
        if (domain.IsLiteral)
            return [];
        for (var name = domain.Text; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (await keys.FindAsync(DomainName.Parse(name), cancellationToken) is { } set)
                return _read.GetValue(set, Read);
        }
        return [];
    }

    // A key that cannot be read is as good as none: the mail goes without its signature.
    private static IReadOnlyList<DkimKey> Read(DkimKeySet set) =>
    [
        .. set.Keys.Where(key => key.State == DkimKeyState.Signing)
            .Select(key => SigningKey.TryParse(key.Pem, out var parsed, out _) ? new DkimKey(set.Domain, key.Selector, parsed) : null).OfType<DkimKey>(),
    ];
}
