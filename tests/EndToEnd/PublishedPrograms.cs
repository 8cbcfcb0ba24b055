// Both programs as they are deployed.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>
/// What 'dotnet publish' makes: for linux-x64, with all it needs, compiled ahead. Made away from the build's own folders, which others use; or, where
/// <c>PUBLISHED</c> names a folder that has them, found there.
/// </summary>
public sealed class PublishedPrograms : IAsyncLifetime
{
    private readonly DirectoryInfo? _made = LocalSystem.Published is null ? Directory.CreateTempSubdirectory("published-") : null;

    /// <summary>The folder with <c>functions</c> and <c>gateway</c> in it; null where they cannot be made, for want of a linker.</summary>
    public string? Folder => LocalSystem.Published ?? (HasLinker ? _made!.FullName : null);

    private static bool HasLinker => Tool.Find("clang") is not null || Tool.Find("gcc") is not null;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (_made is null || !HasLinker)
            return;
        await PublishAsync("functions/App/App.csproj", "functions");
        await PublishAsync("gateway/Gateway.csproj", "gateway");
        Directory.Delete($"{_made.FullName}/artifacts", recursive: true);
        await Tool.SucceedAsync("chmod", ["-R", "a+rX", _made.FullName]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _made?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task PublishAsync(string project, string name) => await Tool.SucceedAsync("dotnet",
        ["publish", Path.Combine(AzuriteServer.RepositoryRoot, project), "-c", "Release", "--nologo", "-v", "q", "--artifacts-path", $"{Folder}/artifacts",
            "-o", $"{Folder}/{name}"],
        environment: new() { ["MSBUILDDISABLENODEREUSE"] = "1" }, patience: TimeSpan.FromMinutes(10));
}
