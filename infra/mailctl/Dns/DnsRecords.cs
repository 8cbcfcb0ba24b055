// mailctl dns records
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dns;

/// <summary>Prints every record that a domain of ours is to have.</summary>
internal sealed class DnsRecords : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly RecordOptions _options;

    public DnsRecords(Workstation workstation)
        : base(
            "records", "Prints every DNS record to set for a domain of ours, as lines of a zone file.",
            "mailctl dns records example.org --hostname mail.example.org --address 203.0.113.7 --web mail-app.azurewebsites.net")
    {
        _options = new RecordOptions(workstation);
        Add(_name);
        _options.AddTo(this);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var (values, trouble) = _options.Read(arguments);
        if (values is null)
            return new Answer.Misused(trouble!);
        if (await stores.Directory.FindDomainAsync(name, cancellationToken) is not { } domain)
            return new Answer.Refused($"{name} is no domain of ours: 'mailctl domain list' shows them, 'mailctl domain add' adds one.");
        var warnings = new List<string>();
        if (values.Addresses.Count == 0)
            warnings.Add($"without --address the records of {values.Hostname} itself are left out.");
        if (values.Web is null && domain.Kind == DomainKind.Local)
            warnings.Add("without --web the records of MTA-STS and of the set-up of mail clients are left out.");
        var keys = await DkimRecord.OfAsync(name, stores, cancellationToken);
        if (keys.Count == 0 && domain.Kind == DomainKind.Local)
            warnings.Add($"what {name} sends is not signed: 'mailctl dkim create {name}' makes keys, whose records belong here too.");
        return new Answer.Done(new DnsRecordsReport(name.Text, DomainRecords.Of(domain, values, keys)), warnings);
    }
}
