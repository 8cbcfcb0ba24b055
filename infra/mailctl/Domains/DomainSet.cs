// mailctl domain set
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>Names another postmaster, or another mode of the domain's MTA-STS policy.</summary>
internal sealed class DomainSet : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly Option<EmailAddress> _postmaster = Operands.Postmaster(isRequired: false);
    private readonly Option<StsMode> _mtaSts = new("--mta-sts")
    {
        Description = "How others are to take the domain's MTA-STS policy: none, testing or enforce. The record changes with it: see 'mailctl dns records'.",
        HelpName = "MODE",
        CustomParser = result =>
        {
            if (StsModes.Read(result.Tokens[0].Value) is { } mode)
                return mode;
            result.AddError($"'{result.Tokens[0].Value}' is not a mode: give none, testing or enforce.");
            return default;
        },
    };

    public DomainSet()
        : base("set", "Changes a domain's postmaster, or its MTA-STS policy.", "mailctl domain set example.org --postmaster bob@example.org")
    {
        Add(_name);
        Add(_postmaster);
        Add(_mtaSts);
        Validators.Add(result =>
        {
            if (result.GetResult(_postmaster) is null && result.GetResult(_mtaSts) is null)
                result.AddError("Say what to change: --postmaster ADDRESS, or --mta-sts MODE.");
        });
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var changed = await stores.Directory.Domains.ChangeAsync(
            name,
            domain => domain with
            {
                Postmaster = arguments.GetResult(_postmaster) is null ? domain.Postmaster : arguments.GetValue(_postmaster),
                MtaSts = arguments.GetResult(_mtaSts) is null ? domain.MtaSts : arguments.GetValue(_mtaSts),
            },
            cancellationToken);
        if (changed is null)
            return new Answer.Refused($"{name} is no domain of ours: 'mailctl domain list' shows them, 'mailctl domain add' adds one.");
        return new Answer.Done(
            new DomainReport("changed", DomainView.Of(changed)), await PostmasterCheck.RunAsync(changed.Postmaster, stores.Directory, cancellationToken));
    }
}
