// How mail leaves, read from the configuration and checked at start.
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;
using Microsoft.Extensions.Options;

namespace MailFunctions.App;

/// <summary>The settings of relaying (section <c>Mail</c>), all of them valid.</summary>
internal sealed record RelayOptions
{
    /// <summary>What this system calls itself in EHLO and in reports.</summary>
    public required DomainName Hostname { get; init; }

    /// <summary>Who gets what can be reported to nobody else; null for the postmaster of the domain that <see cref="Hostname"/> is in.</summary>
    public EmailAddress? Postmaster { get; init; }

    /// <summary>The port of other systems' exchangers.</summary>
    public ushort Port { get; init; } = 25;

    /// <summary>Whether private, loopback and link-local addresses may be connected to.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>How many attempts this process makes at one destination at once.</summary>
    public int DestinationConcurrency { get; init; } = 20;

    /// <summary>Whether everything that would leave is held.</summary>
    public bool Hold { get; init; }

    /// <summary>When a message is tried again, and for how long.</summary>
    public RetrySchedule Retry { get; init; } = new();

    /// <summary>The one host that takes all mail for other domains; null to deliver to their exchangers.</summary>
    public SmarthostOptions? Smarthost { get; init; }

    /// <summary>The hosts that single domains can be routed to, by name (<see cref="DomainRoute"/>).</summary>
    public IReadOnlyDictionary<string, SmarthostOptions> Smarthosts { get; init; } = new Dictionary<string, SmarthostOptions>();

    /// <summary>Our own public addresses, which the world knows and this process may not: never dialled, and ourselves where an exchanger has one.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>Whether and how content is looked at.</summary>
    public ScanOptions Scan { get; init; } = new();

    /// <summary>Whether mail goes to other domains only as their MTA-STS policies demand (RFC 8461).</summary>
    public bool MtaSts { get; init; } = true;

    /// <summary>Whether other domains that ask for it are told how TLS with them went (RFC 8460).</summary>
    public bool TlsReports { get; init; } = true;

    /// <summary>The port of the hosts that publish policies.</summary>
    public ushort MtaStsPort { get; init; } = 443;

    /// <summary>Whose certificates are believed of exchangers and of those hosts in place of the system's authorities; null for those.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="environment">The program's environment, as in DOTNET_ENVIRONMENT: what is for tests alone is refused in <c>Production</c>.</param>
    /// <exception cref="OptionsValidationException">Something is wrong; the message names every key and says what is allowed.</exception>
    public static RelayOptions Read(IConfiguration configuration, string environment)
    {
        var settings = new SettingsReader(configuration);
        var defaults = new RetrySchedule();
        var hold = settings.Switch("Mail:Relay:Hold");
        var options = new RelayOptions
        {
            Hostname = settings.Host("Mail:Hostname") ?? DomainName.Parse("localhost"),
            Postmaster = settings.Address("Mail:Postmaster"),
            Port = settings.Port("Mail:Relay:Port", 25),
            AllowPrivateAddresses = settings.Switch("Mail:Relay:AllowPrivateAddresses"),
            DestinationConcurrency = settings.Count("Mail:Relay:DestinationConcurrency", 20, 1_000),
            Hold = hold,
            Retry = new RetrySchedule
            {
                First = settings.Time("Mail:Retry:First", defaults.First),
                Interval = settings.Time("Mail:Retry:Interval", defaults.Interval),
                WarnAfter = settings.Time("Mail:Retry:WarnAfter", defaults.WarnAfter),
                MaxInterval = settings.Time("Mail:Retry:MaxInterval", defaults.MaxInterval),
                GiveUpAfter = settings.Time("Mail:Retry:GiveUpAfter", defaults.GiveUpAfter),
            },
            Smarthost = SmarthostOptions.Read(settings),
            Smarthosts = SmarthostOptions.ReadNamed(settings),
            OwnAddresses = settings.Addresses("Mail:Relay:OwnAddresses"),
            Scan = ScanOptions.Read(settings),
            MtaSts = settings.Choice("Mail:Relay:MtaSts", "on", "off") == "on",
            TlsReports = settings.Choice("Mail:Relay:TlsReports", "on", "off") == "on",
            MtaStsPort = settings.Port("Mail:Relay:MtaStsPort", 443),
            TrustedRoots = settings.Certificates("Mail:Relay:Certificate"),
        };
        if (!hold && configuration["Mail:Hostname"] is null)
            settings.Fail("Mail:Hostname is not set and must be this system's own host name, like mail.example.org; without it mail can only be held (Mail:Relay:Hold).");
        if (options.AllowPrivateAddresses && string.Equals(environment, Environments.Production, StringComparison.OrdinalIgnoreCase))
            settings.Fail("Mail:Relay:AllowPrivateAddresses is true and must be false in the environment Production: strangers name the hosts that are dialled.");
        return settings.Failures.Count == 0 ? options : throw new OptionsValidationException("Mail", typeof(RelayOptions), settings.Failures);
    }
}

/// <summary>Reads settings one by one and collects what is wrong with them.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _failures = [];

    /// <summary>The certificates in a PEM file.</summary>
    public X509Certificate2Collection? Certificates(string key)
    {
        if (Text(key) is not { } path)
            return null;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            if (certificates.Count > 0)
                return certificates;
        }
        catch (Exception error) when (error is IOException or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
        {
            // told below
        }
        Fail($"{key} is '{path}' and must be a PEM file with at least one certificate.");
        return null;
    }

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Notes that something is wrong.</summary>
    public void Fail(string failure) => _failures.Add(failure);

    /// <summary>A text, or null where it is absent or empty.</summary>
    public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

    /// <summary>The names of the subsections of a section.</summary>
    public IEnumerable<string> NamesIn(string section) => configuration.GetSection(section).GetChildren().Select(child => child.Key);

    /// <summary>Network addresses, separated by commas.</summary>
    public IReadOnlyList<IPAddress> Addresses(string key)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in (Text(key) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(text, out var address))
                addresses.Add(address);
            else
                Fail($"{key} has '{text}' and must be a list of network addresses, like 203.0.113.7, separated by commas.");
        }
        return addresses;
    }

    /// <summary>A host name.</summary>
    public DomainName? Host(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (DomainName.TryParse(text, out var host) && !host.IsLiteral)
            return host;
        Fail($"{key} is '{text}' and must be a host name, like mail.example.org.");
        return null;
    }

    /// <summary>An address.</summary>
    public EmailAddress? Address(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (EmailAddress.TryParse(text, out var address))
            return address;
        Fail($"{key} is '{text}' and must be an address, like postmaster@example.org.");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool Switch(string key)
    {
        if (Text(key) is not { } text)
            return false;
        if (bool.TryParse(text, out var value))
            return value;
        Fail($"{key} is '{text}' and must be true or false.");
        return false;
    }

    /// <summary>A port.</summary>
    public ushort Port(string key, ushort otherwise)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
            return port;
        Fail($"{key} is '{text}' and must be a port, from 1 to 65535.");
        return otherwise;
    }

    /// <summary>A number of things, at least one.</summary>
    public int Count(string key, int otherwise, int most)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= most)
            return count;
        Fail($"{key} is '{text}' and must be a number from 1 to {most}.");
        return otherwise;
    }

    /// <summary>A length of time, more than nothing.</summary>
    public TimeSpan Time(string key, TimeSpan otherwise)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(30))
            return time;
        Fail($"{key} is '{text}' and must be a time like {otherwise:c}, more than zero and at most 30 days.");
        return otherwise;
    }

    /// <summary>One of some words; the first where it is absent.</summary>
    public string Choice(string key, params string[] words)
    {
        if (Text(key) is not { } text)
            return words[0];
        if (Array.Find(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found)
            return found;
        Fail($"{key} is '{text}' and must be one of: {string.Join(", ", words)}.");
        return words[0];
    }
}
