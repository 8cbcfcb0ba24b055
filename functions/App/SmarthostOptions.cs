// A host that takes our mail in place of its exchangers.
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App;

/// <summary>A smarthost.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Tls">When TLS begins.</param>
/// <param name="Login">How we log in; null if it knows us otherwise.</param>
/// <param name="TrustedRoots">Whose certificates are believed in place of the system's authorities; null for those.</param>
internal sealed record SmarthostOptions(DomainName Host, ushort Port, TlsMode Tls, ClientLogin? Login, X509Certificate2Collection? TrustedRoots)
{
    /// <summary>What the breaker and the places at this host are named by: never the same as a domain, which has no colon.</summary>
    public string Site => $"{Host}:{Port}";

    /// <summary>Reads the one for everything; null if there is none.</summary>
    public static SmarthostOptions? Read(SettingsReader settings) => Read(settings, "Mail:Smarthost");

    /// <summary>Reads those that single domains are routed to, by name.</summary>
    public static IReadOnlyDictionary<string, SmarthostOptions> ReadNamed(SettingsReader settings)
    {
        const string Section = "Mail:Smarthosts";
        var named = new Dictionary<string, SmarthostOptions>(StringComparer.Ordinal);
        foreach (var key in settings.NamesIn(Section))
        {
            var name = key.ToLowerInvariant(); // the environment's names come in any case
            if (!DomainRoute.IsName(name) || name == DomainRoute.Exchangers)
                settings.Fail($"{Section}:{key} is no name for a smarthost: use letters, digits and hyphens, and not '{DomainRoute.Exchangers}'.");
            else if (Read(settings, $"{Section}:{key}") is { } smarthost)
                named[name] = smarthost;
            else
                settings.Fail($"{Section}:{key}:Host is not set and must be the smarthost's name.");
        }
        return named;
    }

    private static SmarthostOptions? Read(SettingsReader settings, string section)
    {
        if (settings.Host($"{section}:Host") is not { } host)
            return null;
        var tls = settings.Choice($"{section}:Tls", "starttls", "implicit", "none") switch
        {
            "implicit" => TlsMode.Implicit,
            "none" => TlsMode.Never,
            _ => TlsMode.Required,
        };
        var port = settings.Port($"{section}:Port", tls == TlsMode.Implicit ? (ushort)465 : (ushort)587);
        var (user, password) = (settings.Text($"{section}:Username"), settings.Text($"{section}:Password"));
        if (user is null != password is null)
            settings.Fail($"{section}:Username and {section}:Password must be given together.");
        var roots = settings.Certificates($"{section}:Certificate");
        if (user is null || password is null)
            return new SmarthostOptions(host, port, tls, null, roots);
        if (tls == TlsMode.Never)
            settings.Fail($"{section}:Tls is 'none' and must be 'starttls' or 'implicit' where a password is sent.");
        return new SmarthostOptions(host, port, tls, new ClientLogin(user, password), roots);
    }
}
