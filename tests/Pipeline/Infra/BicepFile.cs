// The Bicep files as syntax.mjs reads them.
using System.Diagnostics;
using System.Text.Json;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Infra;

internal sealed record BicepParameter(string Type, bool HasDefault, JsonElement Default);

internal sealed record BicepResource(string Name, string Type, string Version, bool Existing, JsonElement Body);

internal sealed record BicepModule(string Name, string Path, JsonElement Body);

/// <summary>What a file declares. Expressions that are no literal stand as <c>{"$": text}</c>.</summary>
internal sealed record BicepFile(
    string Path, int Lines, string FirstLine, IReadOnlyList<string> Errors, IReadOnlyDictionary<string, BicepParameter> Parameters,
    IReadOnlyDictionary<string, JsonElement> Variables, IReadOnlyList<BicepResource> Resources, IReadOnlyList<BicepModule> Modules,
    IReadOnlyDictionary<string, JsonElement> Outputs, IReadOnlyList<string> Used, IReadOnlyList<string> Locals, IReadOnlyList<string> Calls,
    IReadOnlyList<string> OutputsTaken, IReadOnlyDictionary<string, JsonElement> Settings)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<IReadOnlyDictionary<string, BicepFile>> Read = new(() => Parse([.. Found]).ToDictionary(file => file.Path));

    /// <summary>The folder of all of it.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(AzuriteServer.RepositoryRoot, "infra");

    /// <summary>All files below <see cref="Folder"/>, by their path from there.</summary>
    public static IReadOnlyDictionary<string, BicepFile> All => Read.Value;

    /// <summary>A module by its name.</summary>
    public static BicepFile Module(string name) => All[$"modules/{name}.bicep"];

    /// <summary>The file that azd deploys.</summary>
    public static BicepFile Main => All["main.bicep"];

    /// <summary>The paths, for rows.</summary>
    public static IEnumerable<string> Found => Directory.EnumerateFiles(Folder, "*.bicep").Concat(Directory.EnumerateFiles(System.IO.Path.Combine(Folder, "modules"), "*.bicep"))
        .Select(path => System.IO.Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>A resource by its symbol.</summary>
    public BicepResource Resource(string name) => Resources.Single(resource => resource.Name == name);

    /// <summary>Parses files, named from <see cref="Folder"/>.</summary>
    public static IReadOnlyList<BicepFile> Parse(IReadOnlyList<string> paths)
    {
        var folder = System.IO.Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Pipeline", "Infra");
        Assert.True(
            Directory.Exists(System.IO.Path.Combine(folder, "node_modules", "tree-sitter-bicep")), $"The parser is missing in {folder}: run 'npm ci' there, or tests/run.");
        var start = new ProcessStartInfo("node", [System.IO.Path.Combine(folder, "syntax.mjs"), .. paths])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var files = JsonSerializer.Deserialize<List<BicepFile>>(process.StandardOutput.ReadToEnd() is { Length: > 0 } text ? text : "[]", Web)!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"syntax.mjs ended with {process.ExitCode}. {(errors.IsCompleted ? errors.Result : "")}");
        return files;
    }

    /// <summary>A value below another, by the names on the way; fails where one is missing.</summary>
    public static JsonElement At(JsonElement from, string path) =>
        path.Split('.').Aggregate(from, (element, name) => element.TryGetProperty(name, out var next) ? next : throw new Xunit.Sdk.XunitException($"'{name}' of '{path}' is missing."));

    /// <summary>The text of an expression, or of a literal.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Object ? value.GetProperty("$").GetString()! : value.ToString();
}
