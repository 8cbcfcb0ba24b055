// mailctl doctor
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Doctor;

/// <summary>Looks at everything that mail depends on, and says what to do about what is not well.</summary>
internal sealed class Examination : Verb
{
    private const int SmtpPort = 25;
    private const int PopsPort = 995;

    private readonly Workstation _workstation;
    private readonly Option<DnsEndPoint?> _outwards = EndPoint(
        "--port25", $"Try to reach this mail server elsewhere, on port {SmtpPort} or another; nothing is sent to it.", SmtpPort);
    private readonly Option<DnsEndPoint?> _endPoint = EndPoint(
        "--endpoint", $"Look at the certificate of this port of the gateway, {PopsPort} or another with TLS from the first octet.", PopsPort);
    private readonly Option<string?> _certificate = new("--certificate") { Description = "Look at the certificate in this PEM file.", HelpName = "FILE" };
    private readonly Option<string?> _dns = new("--dns")
    {
        Description = "Ask this name server, like 192.0.2.53 or 192.0.2.53:5353, and not the system's.", HelpName = "SERVER",
    };

    public Examination(Workstation workstation)
        : base(
            "doctor", "Looks at storage, roles, queues, clock, names, certificates and the way out, and says what to do.",
            "mailctl doctor --endpoint mail.example.org --port25 mx.example.net")
    {
        _workstation = workstation;
        foreach (var option in (Option[])[_outwards, _endPoint, _certificate, _dns])
            Add(option);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var dns = new DnsOptions { Server = arguments.GetValue(_dns) };
        if (dns.Check() is not null)
            return new Answer.Misused($"'{dns.Server}' is not a name server: give --dns an address like 192.0.2.53 or 192.0.2.53:5353.");
        var findings = new List<Finding>(await new StorageChecks(stores, _workstation.Clock).RunAsync(cancellationToken));
        var network = new NetworkChecks(new Resolver(dns, new DnsSeams()), _workstation.Clock);
        try
        {
            if (await stores.Directory.Domains.ListAsync(cancellationToken).FirstOrDefaultAsync(cancellationToken) is { } domain)
                findings.Add(await network.ResolverAsync(domain.Name, cancellationToken));
        }
        catch (StoreUnavailableException)
        {
            // told already: the container could not be used
        }
        if (arguments.GetValue(_certificate) is { } file)
            findings.Add(await network.FileAsync(file, cancellationToken));
        if (arguments.GetValue(_endPoint) is { } endPoint)
            findings.Add(await network.EndPointAsync(endPoint, cancellationToken));
        if (arguments.GetValue(_outwards) is { } outwards)
            findings.Add(await network.OutwardsAsync(outwards, cancellationToken));
        var report = new DoctorReport(findings);
        return findings.Count(finding => finding.State == "fail") is > 0 and var count
            ? new Answer.Partly(report, [$"{count} of {findings.Count} things are not well."])
            : new Answer.Done(report);
    }

    private static Option<DnsEndPoint?> EndPoint(string name, string description, int port) => new(name)
    {
        Description = description, HelpName = "HOST[:PORT]", CustomParser = result => ReadEndPoint(result, port),
    };

    private static DnsEndPoint? ReadEndPoint(ArgumentResult result, int port)
    {
        var text = result.Tokens[0].Value;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var host = colon < 0 ? text : text[..colon];
        if (host.Length > 0 && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            && (colon < 0 || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536)))
            return new DnsEndPoint(host, port);
        result.AddError($"'{text}' is not a host: give one like mail.example.org or mail.example.org:465.");
        return null;
    }
}
