// A function app as it lies in its folder.
using System.Text.RegularExpressions;

namespace MailFunctions.Local.Host;

/// <summary>A function app: its folder, host.json, and the functions in the folders below.</summary>
internal sealed partial record FunctionApp(string Folder, HostSettings Settings, IReadOnlyList<FunctionDefinition> Functions)
{
    /// <summary>Reads host.json and every <c>*/function.json</c> of a folder.</summary>
    /// <exception cref="InvalidDataException">The folder holds no app that the platform would run; the message says why.</exception>
    public static FunctionApp Load(string folder, AppSettings settings)
    {
        var hostFile = Path.Combine(folder, "host.json");
        if (!File.Exists(hostFile))
            throw new InvalidDataException($"There is no host.json in {folder}.");
        var functions = new List<FunctionDefinition>();
        foreach (var subfolder in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(subfolder, "function.json");
            if (!File.Exists(file))
                continue;
            var name = Path.GetFileName(subfolder);
            if (!FunctionName().IsMatch(name) || name.Equals("host", StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"'{name}' cannot be the name of a function.");
            functions.Add(FunctionFile.Read(name, File.ReadAllBytes(file), settings));
        }
        return new FunctionApp(folder, HostFile.Read(File.ReadAllBytes(hostFile)), functions);
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,127}$")]
    private static partial Regex FunctionName();
}
