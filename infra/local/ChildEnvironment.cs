// The environment of the function app and of the gateway.
using System.Collections;
using System.Runtime.InteropServices;

namespace MailFunctions.Local;

/// <summary>
/// Makes the two programs' settings. Storage, listeners and the host's own variables are the local run's to decide; any other <c>Mail__...</c> that the
/// local run finds in its own environment stands as it is.
/// </summary>
/// <param name="options">The command line.</param>
/// <param name="storage">The storage account's connection string.</param>
/// <param name="certificate">The certificate's file.</param>
/// <param name="srsKey">The key for return paths of forwarded mail.</param>
/// <param name="given">The local run's own environment.</param>
internal sealed class ChildEnvironment(LocalOptions options, string storage, string certificate, string srsKey, IReadOnlyDictionary<string, string> given)
{
    /// <summary>This process's environment, names without case.</summary>
    public static IReadOnlyDictionary<string, string> Own { get; } = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .GroupBy(entry => (string)entry.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => (string?)group.First().Value ?? "", StringComparer.OrdinalIgnoreCase);

    /// <summary>The name that the gateway says in its greeting, unless told otherwise.</summary>
    public string Hostname => given.GetValueOrDefault("Mail__Hostname") ?? $"mail.{options.Domains[0]}";

    /// <summary>The gateway's.</summary>
    public Dictionary<string, string> ForGateway()
    {
        var ports = new Ports(options.PortOffset);
        var environment = Common();
        environment["Mail__Listeners__Smtp"] = Ports.At(ports.Smtp);
        environment["Mail__Listeners__Submission"] = Ports.At(ports.Submission);
        environment["Mail__Listeners__Submissions"] = Ports.At(ports.Submissions);
        environment["Mail__Listeners__Pop3"] = Ports.At(ports.Pop3);
        environment["Mail__Listeners__Pop3s"] = Ports.At(ports.Pop3s);
        // As in its image (gateway/Dockerfile), so that it is tested as it is deployed.
        Default(environment, "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Default(environment, "DOTNET_GCgen0size", "0x400000");
        Default(environment, "Mail__Tls__Certificate", certificate);
        Default(environment, "Mail__Srs__Keys", srsKey);
        if (!options.Relay)
            Default(environment, "Mail__Authentication__Mode", "off"); // the machine may be on no network, and its senders be anybody
        return environment;
    }

    /// <summary>The function app's settings, as the Functions host would have them.</summary>
    public Dictionary<string, string> ForFunctions()
    {
        var environment = Common();
        environment["MailStorage"] = storage;
        environment["AzureWebJobsStorage"] = storage;
        environment["FUNCTIONS_WORKER_RUNTIME"] = "Custom";
        Default(environment, "RetryTimer", "0 * * * * *");
        Default(environment, "SweepTimer", "0 */10 * * * *");
        Default(environment, "RenewTimer", "0 41 1 * * *"); // which does nothing where no vault is named
        Default(environment, "ReportTlsTimer", "0 17 0 * * *");
        if (!options.Relay)
        {
            Default(environment, "Mail__Relay__Hold", "true");
            Default(environment, "Mail__Relay__TlsReports", "off");
            Default(environment, "Mail__Relay__MtaSts", "off");
        }
        return environment;
    }

    private Dictionary<string, string> Common()
    {
        var environment = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Mail__Storage"] = storage };
        Default(environment, "Mail__Hostname", Hostname);
        Default(environment, "DOTNET_ENVIRONMENT", "Development");
        // The programs find the same .NET that runs this one, wherever that is installed.
        Default(environment, "DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
        return environment;
    }

    private void Default(Dictionary<string, string> environment, string name, string value)
    {
        if (!given.ContainsKey(name))
            environment[name] = value;
    }
}
