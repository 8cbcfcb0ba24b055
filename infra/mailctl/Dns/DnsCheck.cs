// mailctl dns check
using System.CommandLine;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dns;

/// <summary>Asks the world for every record that a domain of ours is to have.</summary>
internal sealed class DnsCheck : Verb
{
    private readonly Argument<DomainName> _name = Operands.Domain();
    private readonly Option<string?> _server = new("--dns")
    {
        Description = "Ask this name server, like 192.0.2.53 or 192.0.2.53:5353, and not the system's.", HelpName = "SERVER",
    };

    private readonly RecordOptions _options;

    public DnsCheck(Workstation workstation)
        : base(
            "check", "Says record by record what the world has right, wrong or not at all.",
            "mailctl dns check example.org --hostname mail.example.org --address 203.0.113.7 --web mail-app.azurewebsites.net")
    {
        _options = new RecordOptions(workstation);
        Add(_name);
        Add(_server);
        _options.AddTo(this);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var (values, trouble) = _options.Read(arguments);
        if (values is null)
            return new Answer.Misused(trouble!);
        var dns = new DnsOptions { Server = arguments.GetValue(_server) };
        if (dns.Check() is not null)
            return new Answer.Misused($"'{dns.Server}' is not a name server: give --dns an address like 192.0.2.53 or 192.0.2.53:5353.");
        if (await stores.Directory.FindDomainAsync(name, cancellationToken) is not { } domain)
            return new Answer.Refused($"{name} is no domain of ours: 'mailctl domain list' shows them, 'mailctl domain add' adds one.");

        var wanted = DomainRecords.Of(domain, values, await DkimRecord.OfAsync(name, stores, cancellationToken));
        var check = new RecordCheck(new Resolver(dns, new DnsSeams()));
        var found = await Task.WhenAll([
            .. wanted.Select(record => check.RunAsync(record, wanted, cancellationToken)),
            .. values.Addresses.Select(address => check.OfReverseAsync(address, values.Hostname.Text, cancellationToken)),
        ]);
        var report = new DnsCheckReport(name.Text, found);
        return found.Count(record => record.IsTrouble) is > 0 and var count
            ? new Answer.Partly(report, [$"{count} of the records that {name} needs {(count == 1 ? "is" : "are")} not right."])
            : new Answer.Done(report);
    }
}
