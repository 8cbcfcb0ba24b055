// mailctl domain add
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>Adds a domain; on a fresh storage account it first makes the containers and queues.</summary>
internal sealed class DomainAdd : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly Option<EmailAddress> _postmaster = Operands.Postmaster();
    private readonly Option<bool> _relayFor = new("--relay-for")
    {
        Description = "Be the domain's backup MX: accept mail for any of its addresses and pass it on.",
    };

    public DomainAdd()
        : base(
            "add", "Adds a domain, and prepares the storage account where that is not done yet.",
            "mailctl domain add example.org --postmaster alice@example.org")
    {
        Add(_name);
        Add(_postmaster);
        Add(_relayFor);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var domain = new LocalDomain(
            arguments.GetRequiredValue(_name), arguments.GetValue(_relayFor) ? DomainKind.RelayFor : DomainKind.Local,
            arguments.GetRequiredValue(_postmaster));
        await stores.Layout.CreateAllAsync(cancellationToken);
        if (!await stores.Directory.Domains.AddAsync(domain, cancellationToken))
        {
            return new Answer.Refused(
                $"{domain.Name} is a domain of ours already: 'mailctl domain set {domain.Name} --postmaster ADDRESS' changes it.");
        }
        return new Answer.Done(
            new DomainReport("added", DomainView.Of(domain)), await PostmasterCheck.RunAsync(domain.Postmaster, stores.Directory, cancellationToken));
    }
}
