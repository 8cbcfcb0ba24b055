// A domain that this system answers for, as the operator configured it.
namespace MailFunctions.Mail;

/// <summary>What we are for a domain.</summary>
public enum DomainKind
{
    /// <summary>Its mailboxes are here.</summary>
    Local,

    /// <summary>We are its backup MX: any recipient is accepted and passed on to a better-preferred exchanger.</summary>
    RelayFor,
}

/// <summary>A domain of ours.</summary>
/// <param name="Name">The domain.</param>
/// <param name="Kind">What we are for it.</param>
/// <param name="Postmaster">Who reads postmaster@ and abuse@ where no account or alias has these names (RFC 5321 4.5.1, RFC 2142).</param>
public sealed record LocalDomain(DomainName Name, DomainKind Kind, EmailAddress Postmaster)
{
    /// <summary>The mode of the MTA-STS policy that is published for it; it counts for nobody before the domain's record is set.</summary>
    public StsMode MtaSts { get; init; } = StsMode.Testing;
}
