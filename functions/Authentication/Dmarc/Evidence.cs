// What speaks for a message, held against the domain of an author.
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Spf;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>The results of SPF and DKIM.</summary>
internal sealed class Evidence(IOrganizationalDomains organizations, SpfVerdict? spf, IReadOnlyList<DkimResult> dkim)
{
    /// <summary>True if SPF could not be asked: the address of the client is not known.</summary>
    public bool IsWithoutSpf { get; } = spf is null;

    /// <summary>Whether a domain that passed is aligned with the author's (RFC 7489 3.1.1, 3.1.2).</summary>
    public async Task<(Alignment Spf, Alignment Dkim)> AlignAsync(DomainName author, DmarcRecord record, CancellationToken cancellationToken) =>
        (await AlignAsync(author, SpfDomains(SpfResult.Pass), SpfDomains(SpfResult.TempError), record.IsSpfStrict, cancellationToken),
            await AlignAsync(
                author, Domains(result => result.MayAlign), Domains(result => result.Verdict == DkimVerdict.TempError), record.IsDkimStrict, cancellationToken));

    // What could not be learned counts only where it may have been the author's: with domains of his own a forger can have as much trouble as he likes.
    private async Task<Alignment> AlignAsync(
        DomainName author, IReadOnlyCollection<DomainName?> passed, IReadOnlyCollection<DomainName?> unknown, bool isStrict, CancellationToken cancellationToken)
    {
        var alignment = await AlignAsync(author, [.. passed.OfType<DomainName>()], isStrict, cancellationToken);
        if (alignment != Alignment.None)
            return alignment;
        if (unknown.Contains(null))
            return Alignment.Unknown;
        var possible = await AlignAsync(author, [.. unknown.OfType<DomainName>()], isStrict, cancellationToken);
        return possible == Alignment.None ? Alignment.None : Alignment.Unknown;
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

    private IReadOnlyCollection<DomainName?> SpfDomains(SpfResult result) =>
        spf?.Result == result && DomainName.TryParse(spf.Domain, out var domain) && !domain.IsLiteral ? [domain] : [];

    // Null among them: somebody's, it is not known whose.
    private HashSet<DomainName?> Domains(Func<DkimResult, bool> isMeant) => [.. dkim.Where(isMeant).Select(result => result.Domain)];
}
