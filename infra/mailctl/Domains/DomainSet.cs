// mailctl domain set
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>Names another postmaster.</summary>
internal sealed class DomainSet : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly Option<EmailAddress> _postmaster = Operands.Postmaster();

    public DomainSet()
        : base("set", "Changes a domain's postmaster.", "mailctl domain set example.org --postmaster bob@example.org")
    {
        Add(_name);
        Add(_postmaster);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var postmaster = arguments.GetRequiredValue(_postmaster);
        var changed = await stores.Directory.Domains.ChangeAsync(name, domain => domain with { Postmaster = postmaster }, cancellationToken);
        if (changed is null)
            return new Answer.Refused($"{name} is no domain of ours: 'mailctl domain list' shows them, 'mailctl domain add' adds one.");
        return new Answer.Done(
            new DomainReport("changed", DomainView.Of(changed)), await PostmasterCheck.RunAsync(postmaster, stores.Directory, cancellationToken));
    }
}
