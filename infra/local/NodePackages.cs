// Sees to it that Azurite is there, in the version that package-lock.json pins.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MailFunctions.Local;

/// <summary>The Node.js packages of infra/local.</summary>
/// <param name="folder">The folder with package.json and package-lock.json.</param>
internal sealed class NodePackages(string folder)
{
    private const int LeastNode = 20;
    private const int KeptCharacters = 2000;

    /// <summary>Where the packages are installed.</summary>
    public string Modules => Path.Combine(folder, "node_modules");

    /// <summary>Installs the packages on first use, or when another version is pinned than is there.</summary>
    /// <param name="say">Told before something that takes a while.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when Azurite can be started, else what is wrong and what to do.</returns>
    public async Task<string?> EnsureAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (await RunAsync("node", ["--version"], cancellationToken) is not { ExitCode: 0 } node)
            return $"Node.js is not there and Azurite needs it: install Node.js {LeastNode} or later (https://nodejs.org), or use --storage.";
        var version = node.Said.Trim();
        if (!IsRecent(version))
            return $"Node.js {version} is too old for Azurite: install {LeastNode} or later (https://nodejs.org), or use --storage.";
        var pinned = await VersionAsync(Path.Combine(folder, "package-lock.json"), isLock: true, cancellationToken);
        if (pinned is not null && pinned == await VersionAsync(Path.Combine(Modules, "azurite", "package.json"), isLock: false, cancellationToken))
            return null;
        say($"Installing Azurite {pinned} into {Modules} ...");
        if (await RunAsync("npm", ["ci"], cancellationToken) is not { } npm)
            return $"Azurite is not installed and npm is not there: install npm, then run 'npm ci' in {folder}, or use --storage.";
        if (npm.ExitCode != 0)
            return $"'npm ci' in {folder} failed with exit code {npm.ExitCode}; run it there to see why, or use --storage. It said: {Tail(npm.Said)}";
        return null;
    }

    /// <summary>Whether <c>v20.20.2</c> and its like are recent enough.</summary>
    internal static bool IsRecent(string version) =>
        int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= LeastNode;

    private async Task<(int ExitCode, string Said)?> RunAsync(string command, string[] arguments, CancellationToken cancellationToken)
    {
        if (ChildCommand.FindOnPath(command) is not { } path)
            return null;
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} could not be started.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static async Task<string?> VersionAsync(string file, bool isLock, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return null;
        await using var stream = File.OpenRead(file);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        var package = isLock ? document.RootElement.GetProperty("packages").GetProperty("node_modules/azurite") : document.RootElement;
        return package.GetProperty("version").GetString();
    }

    private static string Tail(string text) => text.Length <= KeptCharacters ? text.Trim() : text[^KeptCharacters..].Trim();
}
