// Where the build put the programs that the local run starts.
using System.Reflection;

namespace MailFunctions.Local;

/// <summary>The folders that the build knows and the program must.</summary>
/// <param name="LocalFolder">infra/local, where node_modules belongs.</param>
/// <param name="AppFolder">The function app's build output.</param>
/// <param name="Gateway">The gateway's executable.</param>
internal sealed record BuiltPaths(string LocalFolder, string AppFolder, string Gateway)
{
    /// <summary>As this assembly was built.</summary>
    public static BuiltPaths Current { get; } = new(Of(nameof(LocalFolder)), Of(nameof(AppFolder)), Of(nameof(Gateway)));

    /// <summary>What of it is not there; null if everything is.</summary>
    public string? Missing => ((string[])[Path.Combine(AppFolder, "host.json"), Gateway]).FirstOrDefault(path => !File.Exists(path));

    /// <summary>The same with the programs that were published into two folders of this one.</summary>
    public BuiltPaths PublishedTo(string folder) =>
        this with { AppFolder = Path.Combine(folder, "functions"), Gateway = Path.Combine(folder, "gateway", "MailFunctions.Gateway") };

    private static string Of(string key) =>
        typeof(BuiltPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == key)?.Value
        ?? throw new InvalidOperationException($"The build has not recorded {key}.");
}
