// What is told to the world about our domains, read from the configuration and checked at start.
using MailFunctions.Mail;
using Microsoft.Extensions.Options;

namespace MailFunctions.App;

/// <summary>The settings of what is published for domains of ours (section <c>Mail</c>), all of them valid.</summary>
/// <param name="Hostname">Where mail clients find us; null where nothing is configured, and then nothing is published.</param>
/// <param name="Exchangers">The hosts that our domains' MX records name; <paramref name="Hostname"/> unless told otherwise.</param>
internal sealed record PublishingOptions(DomainName? Hostname, IReadOnlyList<DomainName> Exchangers)
{
    private const string ExchangersKey = "Mail:Exchangers";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; the message names every key and says what is allowed.</exception>
    public static PublishingOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var host = settings.Host("Mail:Hostname");
        var exchangers = new List<DomainName>();
        foreach (var text in (settings.Text(ExchangersKey) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (DomainName.TryParse(text, out var name) && !name.IsLiteral)
                exchangers.Add(name);
            else
                settings.Fail($"{ExchangersKey} has '{text}' and must be a list of host names, like mx1.example.org, separated by commas.");
        }
        if (exchangers.Count == 0 && host is { } own)
            exchangers.Add(own);
        return settings.Failures.Count == 0
            ? new PublishingOptions(host, exchangers)
            : throw new OptionsValidationException("Mail", typeof(PublishingOptions), settings.Failures);
    }
}
