// Another name for one or several addresses.
namespace MailFunctions.Mail;

/// <summary>What an alias is called: one address, or <c>@domain</c> for every address of a domain that has no account or alias of its own.</summary>
/// <param name="LocalPart">The local part, folded to lower case, or null for the catch-all.</param>
/// <param name="Domain">The domain.</param>
public readonly record struct AliasName(string? LocalPart, DomainName Domain)
{
    /// <summary>The alias name of an address.</summary>
    public static AliasName Of(EmailAddress address) => new(address.Canonical.LocalPart, address.Domain);

    /// <summary>The catch-all of a domain.</summary>
    public static AliasName CatchAll(DomainName domain) => new(null, domain);

    /// <summary>Reads <c>name@domain</c> or <c>@domain</c>, in ASCII as all addresses of ours.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AliasName name)
    {
        name = default;
        if (text.StartsWith("@"))
        {
            if (!DomainName.TryParse(text[1..], out var domain))
                return false;
            name = CatchAll(domain);
            return true;
        }
        if (!EmailAddress.TryParse(text, out var address) || !address.IsAscii)
            return false;
        name = Of(address);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{LocalPart}@{Domain}";
}

/// <summary>An alias: mail for <paramref name="Name"/> goes to all of <paramref name="Targets"/>, which may be accounts, aliases or addresses elsewhere.</summary>
public sealed record Alias(AliasName Name, IReadOnlyList<EmailAddress> Targets);
