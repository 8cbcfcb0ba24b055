// What the records of a domain say and only the operator knows.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl.Dns;

/// <summary>The operator's part in a domain's records.</summary>
internal sealed record RecordValues
{
    /// <summary>The gateway's name.</summary>
    public required DomainName Hostname { get; init; }

    /// <summary>Its addresses; none if somebody else looks after them.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The hosts that take mail.</summary>
    public required IReadOnlyList<DomainName> Exchangers { get; init; }

    /// <summary>The function app's name; null where it is not reached from outside.</summary>
    public DomainName? Web { get; init; }

    /// <summary>SPF's terms.</summary>
    public required string Spf { get; init; }

    /// <summary>What DMARC is to ask for.</summary>
    public required string Dmarc { get; init; }

    /// <summary>Who gets reports; null for the domain's postmaster.</summary>
    public EmailAddress? Reports { get; init; }
}

/// <summary>The options by which they are given. Host names are also taken from the environment, where the programs have them.</summary>
internal sealed class RecordOptions(Workstation workstation)
{
    private const string HostnameVariable = "Mail__Hostname";
    private const string ExchangersVariable = "Mail__Exchangers";

    private readonly Option<DomainName?> _hostname = new("--hostname")
    {
        Description = $"The gateway's own name; without it the environment's {HostnameVariable}.", HelpName = "HOST", CustomParser = result => ReadHost(result),
    };

    private readonly Option<IPAddress[]> _addresses = new("--address")
    {
        Description = "The gateway's public address; may be given several times.", HelpName = "ADDRESS",
        CustomParser = result => [.. result.Tokens.Select(token => ReadAddress(token.Value, result))],
    };

    private readonly Option<DomainName?> _web = new("--web")
    {
        Description = "The function app's name: for MTA-STS and the set-up of mail clients.", HelpName = "HOST", CustomParser = result => ReadHost(result),
    };

    private readonly Option<string> _spf = new("--spf")
    {
        Description = "Who may send: the terms of the SPF record.", HelpName = "TERMS", DefaultValueFactory = _ => "mx -all",
    };

    private readonly Option<string> _dmarc = new("--dmarc")
    {
        Description = "What DMARC is to ask for.", HelpName = "POLICY", DefaultValueFactory = _ => "none",
    };

    private readonly Option<EmailAddress?> _reports = new("--reports")
    {
        Description = "Who gets reports about DMARC and TLS; without it the domain's postmaster.", HelpName = "ADDRESS",
        CustomParser = result => Operands.ReadAccount(result.Tokens[0].Value, result),
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        _dmarc.AcceptOnlyFromAmong("none", "quarantine", "reject");
        foreach (var option in (Option[])[_hostname, _addresses, _web, _spf, _dmarc, _reports])
            verb.Add(option);
    }

    /// <summary>Reads them.</summary>
    /// <returns>The values, or in one line what is missing or wrong.</returns>
    public (RecordValues? Values, string? Trouble) Read(ParseResult arguments)
    {
        var hostname = arguments.GetValue(_hostname);
        if (hostname is null && workstation.Variable(HostnameVariable) is { Length: > 0 } text)
        {
            if (!DomainName.TryParse(text, out var named) || named.IsLiteral)
                return (null, $"{HostnameVariable} is '{text}' and must be a host name, like mail.example.org.");
            hostname = named;
        }
        if (hostname is not { } host)
            return (null, $"what is the gateway's own name? Give --hostname HOST, or set {HostnameVariable}.");
        var exchangers = new List<DomainName>();
        foreach (var name in (workstation.Variable(ExchangersVariable) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!DomainName.TryParse(name, out var exchanger) || exchanger.IsLiteral)
                return (null, $"{ExchangersVariable} has '{name}' and must be a list of host names, separated by commas.");
            exchangers.Add(exchanger);
        }
        return (new RecordValues
        {
            Hostname = host,
            Addresses = arguments.GetValue(_addresses) ?? [],
            Exchangers = exchangers.Count > 0 ? exchangers : [host],
            Web = arguments.GetValue(_web),
            Spf = arguments.GetRequiredValue(_spf),
            Dmarc = arguments.GetRequiredValue(_dmarc),
            Reports = arguments.GetValue(_reports),
        }, null);
    }

    private static DomainName? ReadHost(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DomainName.TryParse(text, out var host) && !host.IsLiteral)
            return host;
        result.AddError($"'{text}' is not a host name: give one like mail.example.org.");
        return null;
    }

    private static IPAddress ReadAddress(string text, ArgumentResult result)
    {
        if (IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3))
            return address;
        result.AddError($"'{text}' is not an address: give one like 203.0.113.7 or 2001:db8::7.");
        return IPAddress.None;
    }
}
