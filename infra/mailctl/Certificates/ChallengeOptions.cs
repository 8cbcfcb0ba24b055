// How the authority is shown that the names are ours: options of issue and renew.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using MailFunctions.Acme;
using MailFunctions.Acme.Solvers;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>The options, of which one way has to be chosen.</summary>
internal sealed class ChallengeOptions
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(60);
    private const int MaxWait = 240; // an order has six minutes in all

    private readonly Option<IPEndPoint?> _http = new("--http")
    {
        Description = "Answer the authority here while it looks (HTTP-01). It comes to port 80 of every name, so that must lead here.",
        HelpName = "ADDRESS:PORT",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (IPEndPoint.TryParse(text, out var endPoint) && (endPoint.Port > 0 || text.EndsWith(":0", StringComparison.Ordinal)))
                return endPoint;
            result.AddError($"'{text}' is not an address to listen on: give one like 0.0.0.0:80.");
            return null;
        },
    };

    private readonly Option<string?> _hook = new("--dns-hook")
    {
        Description = "A program that sets the TXT record (DNS-01): it is run as 'PROGRAM set NAME VALUE' before and 'PROGRAM unset NAME VALUE' after.",
        HelpName = "PROGRAM",
    };

    private readonly Option<string?> _zone = new("--azure-dns")
    {
        Description = "The resource id of a zone in Azure DNS in which to set the TXT record (DNS-01), by your own login.",
        HelpName = "ID",
    };

    private readonly Option<TimeSpan> _wait = new("--wait")
    {
        Description = "For DNS-01: seconds until every name server has the record (60; at most 240).",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => DefaultWait,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxWait)
                return TimeSpan.FromSeconds(seconds);
            result.AddError($"'{result.Tokens[0].Value}' is not a number of seconds from 0 to {MaxWait}.");
            return default;
        },
    };

    private readonly Option<string?> _roots = new("--authority-certificate")
    {
        Description = "A PEM file whose certificates the authority's own server is believed by, in place of the system's.",
        HelpName = "FILE",
    };

    /// <summary>The file of the authority's certificates; null for the system's.</summary>
    public string? RootsOf(ParseResult arguments) => arguments.GetValue(_roots);

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { _http, _hook, _zone, _wait, _roots })
            verb.Add(option);
        verb.Validators.Add(RequireOneWay);
    }

    /// <summary>Makes the one that was chosen.</summary>
    /// <exception cref="AcmeException">It cannot listen.</exception>
    public IChallengeSolver Open(ParseResult arguments, AzureCalls azure, TimeProvider clock) =>
        arguments.GetValue(_http) is { } endPoint ? HttpChallenges.Start(endPoint, clock)
        : arguments.GetValue(_hook) is { } program ? new DnsHook(program, arguments.GetValue(_wait), clock)
        : new AzureDnsZone(azure, arguments.GetRequiredValue(_zone)!, arguments.GetValue(_wait));

    private void RequireOneWay(CommandResult result)
    {
        if (new Option[] { _http, _hook, _zone }.Count(option => result.GetResult(option) is { Implicit: false }) != 1)
            result.AddError("Say how to show that the names are yours: --http ADDRESS:PORT, --dns-hook PROGRAM, or --azure-dns ID.");
        else if (result.GetResult(_zone) is { Implicit: false } && result.GetValue(_zone) is { } zone && !AzureDnsZone.IsZone(zone))
            result.AddError($"'{zone}' is not the id of a zone: give what 'az network dns zone show --query id' prints.");
    }
}
