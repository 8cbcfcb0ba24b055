// Finds out where a report goes.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Where a report goes.</summary>
/// <param name="Address">Whom it is addressed to.</param>
/// <param name="Recipients">The final targets, resolved as those of any other message.</param>
/// <param name="IsPostmaster">Whether it is a postmaster because the sender is none of ours any more.</param>
internal sealed record ReportTarget(EmailAddress Address, IReadOnlyList<Recipient> Recipients, bool IsPostmaster);

/// <summary>
/// Resolves addressees against the directory as it is now: the sender, or the postmaster of a domain of ours. Throws
/// <see cref="StoreUnavailableException"/> when the directory cannot be reached.
/// </summary>
internal sealed class ReportRecipients(IDirectory directory, RecipientResolver resolver, RelayOptions options)
{
    /// <summary>Finds the target; null if there is nobody, which is the end of the chain.</summary>
    public async Task<ReportTarget?> FindAsync(ReportAddressee addressee, OwedReport owed, CancellationToken cancellationToken)
    {
        switch (addressee)
        {
            case ReportAddressee.Nobody:
                return null;
            case ReportAddressee.Postmaster:
                return await FindPostmasterAsync(owed.Recipients.Select(to => to.Original.Domain), cancellationToken);
            case ReportAddressee.Sender(var sender):
                return await resolver.ResolveAsync(sender, cancellationToken) switch
                {
                    Resolution.Found(var found) => new ReportTarget(sender, found, IsPostmaster: false),
                    Resolution.OtherDomain => new ReportTarget(
                        sender, [new Recipient { Target = sender, Original = sender, IsLocal = false }], IsPostmaster: false),
                    _ => await FindPostmasterAsync([sender.Domain], cancellationToken), // a sender of ours who is gone
                };
            default:
                throw new UnreachableException();
        }
    }

    private async Task<ReportTarget?> FindPostmasterAsync(IEnumerable<DomainName> concerned, CancellationToken cancellationToken)
    {
        var candidates = new List<EmailAddress>();
        foreach (var domain in concerned.Where(domain => !domain.IsLiteral).Concat(WithParents(options.Hostname)).Distinct())
        {
            if (await directory.FindDomainAsync(domain, cancellationToken) is { } ours)
                candidates.Add(ours.Postmaster);
        }
        if (options.Postmaster is { } last)
            candidates.Add(last);
        foreach (var candidate in candidates)
        {
            if (await resolver.ResolveAsync(candidate, cancellationToken) is Resolution.Found(var found))
                return new ReportTarget(candidate, found, IsPostmaster: true);
        }
        return null;
    }

    // mail.example.org, example.org, org
    private static IEnumerable<DomainName> WithParents(DomainName host)
    {
        for (var text = host.Text; ; text = text[(text.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (DomainName.TryParse(text, out var domain))
                yield return domain;
            if (!text.Contains('.', StringComparison.Ordinal))
                yield break;
        }
    }
}
