// The gateway's configuration: section Mail, environment Mail__...
using System.Globalization;
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;
using MailFunctions.Wire;
using Microsoft.Extensions.Options;

namespace MailFunctions.Gateway;

/// <summary>Where the gateway listens; an empty value closes a listener. IPv6 addresses stand in brackets.</summary>
internal sealed class ListenerOptions
{
    /// <summary>Mail from other servers, port 25 of the world.</summary>
    public string Smtp { get; set; } = "0.0.0.0:2525";

    /// <summary>Mail from our users with STARTTLS, port 587 of the world.</summary>
    public string Submission { get; set; } = "0.0.0.0:2587";

    /// <summary>Mail from our users under TLS, port 465 of the world.</summary>
    public string Submissions { get; set; } = "0.0.0.0:2465";

    /// <summary>Mailboxes, port 110 of the world.</summary>
    public string Pop3 { get; set; } = "0.0.0.0:2110";

    /// <summary>Mailboxes under TLS, port 995 of the world.</summary>
    public string Pop3s { get; set; } = "0.0.0.0:2995";

    /// <summary>Health over HTTP, for the platform and not for the world; closed unless it is given.</summary>
    public string Health { get; set; } = "";
}

/// <summary>The certificate.</summary>
internal sealed class TlsOptions
{
    /// <summary>A PEM file that holds the certificate, its chain and perhaps its private key, or a PFX file; none means no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file that holds the private key, where it is not in <see cref="Certificate"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The password of the private key or of the PFX file.</summary>
    public string? Password { get; set; }
}

/// <summary>What one peer, or all together, may take.</summary>
internal sealed class LimitOptions
{
    /// <summary>The most that <see cref="Recipients"/> may be: with all that is known of each, so many fit into the envelope's line in the spool.</summary>
    public const int MostRecipients = 4_000;

    /// <summary>Connections at a time, all listeners together.</summary>
    public int Connections { get; set; } = 2_000;

    /// <summary>Connections at a time from one address; not applied where addresses are not known.</summary>
    public int ConnectionsPerAddress { get; set; } = 20;

    /// <summary>Connections at a time from one network, IPv4 /24 or IPv6 /48; not applied where addresses are not known.</summary>
    public int ConnectionsPerPrefix { get; set; } = 200;

    /// <summary>Recipients of one transaction of a client that has logged in or is in <see cref="GatewayOptions.RelayNetworks"/>, and final targets of any.</summary>
    public int Recipients { get; set; } = 1_000;

    /// <summary>Recipients of one transaction of any other client; RFC 5321 4.5.3.1.8 asks for 100.</summary>
    public int RecipientsUnauthenticated { get; set; } = 100;

    /// <summary>Messages that one account may send in 24 hours.</summary>
    public int MessagesPerDay { get; set; } = 1_000;

    /// <summary>How long a client may be silent between commands of SMTP; in POP3 it is 10 minutes (RFC 1939 3).</summary>
    public TimeSpan Idle { get; set; } = new WireLimits().Idle;

    /// <summary>How long a command may take from its first octet to its last.</summary>
    public TimeSpan Command { get; set; } = new WireLimits().Command;

    /// <summary>How long a session without login may last.</summary>
    public TimeSpan Session { get; set; } = new WireLimits().Session;

    /// <summary>How fast the content of a message must come, measured over 30 seconds.</summary>
    public int MinBytesPerSecond { get; set; } = new WireLimits().MinBytesPerSecond;

    /// <summary>How long a client may take to read what it is answered.</summary>
    public TimeSpan Write { get; set; } = new WireLimits().Write;

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan Handshake { get; set; } = new WireLimits().Handshake;

    /// <summary>How long a proxy may take to say for whom it speaks.</summary>
    public TimeSpan ProxyHeader { get; set; } = new WireLimits().ProxyHeader;

    /// <summary>How long messages on their way may still take when the gateway is stopped.</summary>
    public TimeSpan Drain { get; set; } = new WireLimits().Drain;

    /// <summary>Errors that end a session.</summary>
    public int Errors { get; set; } = new WireLimits().Errors;

    /// <summary>Errors that cost no time; each further one costs a second.</summary>
    public int ErrorsBeforePause { get; set; } = new WireLimits().ErrorsBeforePause;

    /// <summary>Commands that bring no mail nearer, before and between messages; before the login in POP3.</summary>
    public int CommandsWithoutMail { get; set; } = new WireLimits().CommandsWithoutMail;

    /// <summary>Octets in the header of a message.</summary>
    public int HeaderBytes { get; set; } = 262_144;

    /// <summary>Fields in the header of a message.</summary>
    public int HeaderFields { get; set; } = 1_000;

    /// <summary>Octets in one field of the header, its folded lines included.</summary>
    public int HeaderFieldBytes { get; set; } = 65_536;

    /// <summary>Different recipients at other domains that one account may write to in 24 hours.</summary>
    public int NewRecipientsPerDay { get; set; } = 500;

    /// <summary>The most octets that the mailbox of an account without a quota of its own is to hold; 0 for no limit.</summary>
    public long MailboxBytes { get; set; }
}

/// <summary>The rewriting of senders of forwarded mail.</summary>
internal sealed class SrsOptions
{
    /// <summary>Secret keys of at least 16 octets, separated by commas; the first signs, all are accepted. None: senders are not rewritten.</summary>
    public string Keys { get; set; } = "";
}

/// <summary>Section <c>Mail</c>. What is set are properties, what follows from them are methods: only the first are for the binder, whose code is generated.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail";

    /// <summary>Our own name, said in greetings and written into trace fields.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Who reads mail for &lt;Postmaster&gt; without a domain; if not set, postmaster at our own name or at the nearest domain above it that is ours.</summary>
    public string? Postmaster { get; set; }

    /// <summary>The most octets that a message may have.</summary>
    public long MaxMessageBytes { get; set; } = 52_428_800;

    /// <summary>CIDR networks, separated by commas, whose hosts may relay without logging in.</summary>
    public string RelayNetworks { get; set; } = "";

    /// <summary>CIDR networks, separated by commas, whose hosts are proxies and begin every connection with a PROXY header.</summary>
    public string ProxyNetworks { get; set; } = "";

    /// <summary>Zones that list addresses from which no mail is taken, separated by commas, each perhaps with the answers that count.</summary>
    public string Blocklists { get; set; } = "";

    /// <summary>True where a proxy hides the clients' addresses: then no address is better than a false one.</summary>
    public bool ClientAddressHidden { get; set; }

    /// <summary>Where to listen.</summary>
    public ListenerOptions Listeners { get; set; } = new();

    /// <summary>The certificate.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>The limits.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Logins.</summary>
    public LoginOptions Logins { get; set; } = new();

    /// <summary>Who really sent a message.</summary>
    public AuthenticationOptions Authentication { get; set; } = new();

    /// <summary>How names are resolved.</summary>
    public DnsOptions Dns { get; set; } = new();

    /// <summary>The rewriting of senders of forwarded mail.</summary>
    public SrsOptions Srs { get; set; } = new();

    /// <summary>The keys of <see cref="Srs"/> as octets.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ParseSrsKeys() =>
        [.. Split(Srs.Keys).Select(key => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(key))];

    /// <summary>The networks of <see cref="RelayNetworks"/>.</summary>
    public IReadOnlyList<IPNetwork> ParseRelayNetworks() => [.. Split(RelayNetworks).Select(network => IPNetwork.Parse(network))];

    /// <summary>The networks of <see cref="ProxyNetworks"/>.</summary>
    public IReadOnlyList<IPNetwork> ParseProxyNetworks() => [.. Split(ProxyNetworks).Select(network => IPNetwork.Parse(network))];

    /// <summary>The lists of <see cref="Blocklists"/>.</summary>
    public IReadOnlyList<Blocklist> ParseBlocklists() =>
        [.. Split(Blocklists).Select(text => Blocklist.TryParse(text, out var list) ? list : null).OfType<Blocklist>()];

    /// <summary>Whom &lt;Postmaster&gt; may mean, the likeliest first; the first whose domain is ours is meant.</summary>
    public IEnumerable<EmailAddress> PostmasterAddresses()
    {
        if (Postmaster is { Length: > 0 })
        {
            yield return EmailAddress.Parse(Postmaster);
            yield break;
        }
        for (var domain = Hostname; ; domain = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            yield return EmailAddress.Parse($"postmaster@{domain}");
            if (!domain.Contains('.', StringComparison.Ordinal))
                yield break;
        }
    }

    internal static string[] Split(string list) => list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Checks the configuration at start. Every message names the key and says what is allowed.</summary>
internal sealed class GatewayOptionsValidation : IValidateOptions<GatewayOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var errors = new List<string>();
        if (!DomainName.TryParse(options.Hostname, out var host) || host.IsLiteral)
            errors.Add($"Mail:Hostname is '{options.Hostname}': give this system's own host name, like mail.example.org.");
        if (options.Postmaster is { Length: > 0 } && !EmailAddress.TryParse(options.Postmaster, out _))
            errors.Add($"Mail:Postmaster is '{options.Postmaster}': give an address like postmaster@example.org, or nothing.");
        if (options.MaxMessageBytes is < 65_536 or > 1_073_741_824)
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Mail:MaxMessageBytes is {options.MaxMessageBytes}: 65536 to 1073741824 octets are allowed."));
        foreach (var network in GatewayOptions.Split(options.RelayNetworks).Where(network => !IPNetwork.TryParse(network, out _)))
            errors.Add($"Mail:RelayNetworks has '{network}': give networks in CIDR form, like 192.0.2.0/24, separated by commas.");
        foreach (var network in GatewayOptions.Split(options.ProxyNetworks).Where(network => !IPNetwork.TryParse(network, out _)))
            errors.Add($"Mail:ProxyNetworks has '{network}': give networks in CIDR form, like 192.0.2.0/24, separated by commas.");
        foreach (var list in GatewayOptions.Split(options.Blocklists).Where(list => !Blocklist.TryParse(list, out _)))
        {
            errors.Add($"Mail:Blocklists has '{list}': give zones, like bl.example.org or bl.example.org=127.0.0.2-127.0.0.11 with the answers that count, "
                + "separated by commas.");
        }
        LimitRules.Check(options.Limits, errors);
        if (options.Limits.RecipientsUnauthenticated > options.Limits.Recipients)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Mail:Limits:RecipientsUnauthenticated is {options.Limits.RecipientsUnauthenticated}: ")
                + "100 to as many as Mail:Limits:Recipients are allowed.");
        }
        if (options.ParseSrsKeys().Any(key => key.Length < MailFunctions.Mail.Srs.MinKeyLength))
            errors.Add($"Mail:Srs:Keys has a key of less than {MailFunctions.Mail.Srs.MinKeyLength} octets: give longer ones, separated by commas, or none.");
        options.Logins.Check(errors);
        options.Authentication.Check(errors);
        if (options.Dns.Check() is { } fault)
            errors.Add(fault);
        CheckListeners(options, errors);
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static void CheckListeners(GatewayOptions options, List<string> errors)
    {
        foreach (var row in Listeners.Rows)
        {
            var value = row.EndPoint(options.Listeners);
            if (value.Length > 0 && !IPEndPoint.TryParse(value, out _))
                errors.Add($"Mail:Listeners:{row.Name} is '{value}': give address:port, like 0.0.0.0:2525, or nothing to close it.");
            if (value.Length > 0 && row.Tls == TlsMode.Implicit && string.IsNullOrEmpty(options.Tls.Certificate))
                errors.Add($"Mail:Tls:Certificate is not set, but Mail:Listeners:{row.Name} needs it: give a PEM file with certificate and key, or close the listener.");
        }
        if (options.Listeners.Health.Length > 0 && !IPEndPoint.TryParse(options.Listeners.Health, out _))
            errors.Add($"Mail:Listeners:Health is '{options.Listeners.Health}': give address:port, like 0.0.0.0:2081, or nothing to close it.");
        if (options.Tls.Certificate is { Length: > 0 } path && !File.Exists(path))
            errors.Add($"Mail:Tls:Certificate is '{path}': there is no such file.");
        if (options.Tls.Key is { Length: > 0 } key && !File.Exists(key))
            errors.Add($"Mail:Tls:Key is '{key}': there is no such file.");
    }
}
