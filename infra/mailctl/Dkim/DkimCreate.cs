// mailctl dkim create
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>Makes a domain's first keys. They sign at once: a signature whose key is not published yet is as good as none.</summary>
internal sealed class DkimCreate : Verb
{
    private readonly TimeProvider _time;
    private readonly Argument<DomainName> _domain = Operands.Domain();
    private readonly Option<string?> _selector = new("--selector")
    {
        Description = "How the selectors begin; the year and month if it is not given.",
        HelpName = "NAME",
    };

    public DkimCreate(TimeProvider time)
        : base(
            "create", "Makes the keys that a domain's mail is signed with, RSA and Ed25519, and prints the DNS records to publish. The keys stay in the storage account.",
            "mailctl dkim create example.org")
    {
        _time = time;
        Add(_domain);
        Add(_selector);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var domain = arguments.GetRequiredValue(_domain);
        var selector = arguments.GetValue(_selector);
        if (selector is not null && !IsLabel(selector))
            return new Answer.Misused($"'{selector}' cannot begin a selector: give up to 40 letters, digits and hyphens, like 2026a.");
        if (await stores.Directory.FindDomainAsync(domain, cancellationToken) is null)
            return new Answer.Refused($"{domain} is no domain of ours: 'mailctl domain add {domain} --postmaster ADDRESS' adds it.");
        await stores.Layout.CreateAllAsync(cancellationToken);
        var keys = KeyPairs.Make([], selector, DkimKeyState.Signing, _time.GetUtcNow());
        if (!await stores.DkimKeys.Sets.AddAsync(new DkimKeySet(domain, keys), cancellationToken))
            return new Answer.Refused($"{domain} has keys already: 'mailctl dkim rotate {domain}' makes new ones, 'mailctl dkim dns {domain}' prints their records.");
        return new Answer.Done(new DkimDnsReport(
            [.. keys.Select(key => KeyPairs.ViewOf(domain, key))], $"Publish these; mail from {domain} is signed within a minute."));
    }

    // RFC 6376 3.1: a selector is of labels.
    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-';
}
