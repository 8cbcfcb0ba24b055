// Both programs as they are deployed: published once for the tests that need them.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>What 'dotnet publish' makes: self-contained, for linux-x64, compiled ahead. Made away from the build's own folders, which others use.</summary>
public sealed class PublishedPrograms : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("published-");

    /// <summary>The folder with <c>functions</c> and <c>gateway</c> in it.</summary>
    public string Folder => _folder.FullName;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await PublishAsync("functions/App/App.csproj", "functions");
        await PublishAsync("gateway/Gateway.csproj", "gateway");
        Directory.Delete($"{Folder}/artifacts", recursive: true);
        await Tool.SucceedAsync("chmod", ["-R", "a+rX", Folder]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task PublishAsync(string project, string name) => await Tool.SucceedAsync("dotnet",
        ["publish", Path.Combine(AzuriteServer.RepositoryRoot, project), "-c", "Release", "--nologo", "-v", "q", "--artifacts-path", $"{Folder}/artifacts",
            "-o", $"{Folder}/{name}"],
        environment: new() { ["MSBUILDDISABLENODEREUSE"] = "1" }, patience: TimeSpan.FromMinutes(10));
}
