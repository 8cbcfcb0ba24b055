// What speaks for a message, held against the domain of an author.
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Spf;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>The results of SPF and DKIM.</summary>
internal sealed class Evidence(IOrganizationalDomains organizations, SpfVerdict? spf, IReadOnlyList<DkimResult> dkim)
{
    /// <summary>Why SPF could not speak for the message, though it might have; null if it was heard.</summary>
    public string? SpfDoubt { get; } = spf switch
    {
        null => "the address of the client is not known",
        { Result: SpfResult.TempError } => "SPF could not be checked for now",
        _ => null,
    };

    /// <summary>Whether a domain that passed is aligned with the author's (RFC 7489 3.1.1, 3.1.2).</summary>
    public async Task<(Alignment Spf, Alignment Dkim)> AlignAsync(DomainName author, DmarcRecord record, CancellationToken cancellationToken) =>
        (await AlignAsync(author, SpfPassed(), record.IsSpfStrict, cancellationToken),
            await AlignDkimAsync(author, record.IsDkimStrict, cancellationToken));

    private async Task<Alignment> AlignDkimAsync(DomainName author, bool isStrict, CancellationToken cancellationToken)
    {
        var passed = await AlignAsync(author, Domains(result => result.MayAlign), isStrict, cancellationToken);
        if (passed != Alignment.None)
            return passed;
        // A key that could not be had may have been the author's.
        var unknown = await AlignAsync(author, Domains(result => result.Verdict == DkimVerdict.TempError), isStrict, cancellationToken);
        return unknown == Alignment.None ? Alignment.None : Alignment.Unknown;
    }

    private async Task<Alignment> AlignAsync(DomainName author, IReadOnlyCollection<DomainName> domains, bool isStrict, CancellationToken cancellationToken)
    {
        if (domains.Contains(author))
            return Alignment.Aligned;
        if (isStrict || domains.Count == 0)
            return Alignment.None;
        if (await organizations.FindAsync(author, cancellationToken) is not { } ours)
            return Alignment.Unknown;
        var result = Alignment.None;
        foreach (var domain in domains)
        {
            // Strangers are told apart by name, so that their signatures cost no questions.
            if (domain != ours.Domain && !domain.Text.EndsWith("." + ours.Domain.Text, StringComparison.Ordinal))
                continue;
            var theirs = await organizations.FindAsync(domain, cancellationToken);
            if (theirs?.Domain == ours.Domain)
                return Alignment.Aligned;
            if (theirs is null)
                result = Alignment.Unknown;
        }
        return result;
    }

    private IReadOnlyCollection<DomainName> SpfPassed() =>
        spf is { Result: SpfResult.Pass } && DomainName.TryParse(spf.Domain, out var domain) && !domain.IsLiteral ? [domain] : [];

    private HashSet<DomainName> Domains(Func<DkimResult, bool> isMeant) => [.. dkim.Where(isMeant).Select(result => result.Domain).OfType<DomainName>()];
}
