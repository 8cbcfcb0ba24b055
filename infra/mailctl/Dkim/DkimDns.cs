// mailctl dkim dns
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>Prints the records of a domain's keys, as lines of a zone file.</summary>
internal sealed class DkimDns : Verb
{
    private readonly Argument<DomainName> _domain = Operands.Domain();

    public DkimDns()
        : base(
            "dns", "Prints the DNS records that publish a domain's keys, those of retired ones too: mail signed with them may still be under way.",
            "mailctl dkim dns example.org") =>
        Add(_domain);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var domain = arguments.GetRequiredValue(_domain);
        return await stores.DkimKeys.FindAsync(domain, cancellationToken) is { } set
            ? new Answer.Done(new DkimDnsReport([.. set.Keys.Select(key => KeyPairs.ViewOf(domain, key))], null))
            : new Answer.Refused($"{domain} has no keys: 'mailctl dkim create {domain}' makes some.");
    }
}
