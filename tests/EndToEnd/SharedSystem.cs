// One running system for all the tests that do it no harm: the programs as they are deployed.
using MailFunctions.Rig;

[assembly: AssemblyFixture(typeof(MailFunctions.EndToEnd.SharedSystem))]

namespace MailFunctions.EndToEnd;

/// <summary>
/// Published and started once for the whole suite; every test uses an account of its own or subjects of its own. The gateway that is deployed is a native
/// program, from which the compiler leaves out what it believes not to be used, so it is the one that real clients speak to here.
/// </summary>
public sealed class SharedSystem : IAsyncLifetime
{
    private readonly PublishedPrograms _programs = new();
    private LocalSystem? _system;

    /// <summary>The system.</summary>
    public LocalSystem System => _system ?? throw new InvalidOperationException("Not started.");

    /// <summary>The folder with the published programs, <c>functions</c> and <c>gateway</c>; a test that asks for them is skipped where they cannot be made.</summary>
    public string Programs
    {
        get
        {
            Assert.SkipWhen(_programs.Folder is null, "Neither clang nor gcc is installed, so the gateway cannot be published.");
            return _programs.Folder;
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _programs.InitializeAsync();
        _system = await LocalSystem.StartAsync(
            [.. Enumerable.Range(1, 19).SelectMany(number => new[] { "--account", $"u{number}@example.test={LocalSystem.Password}" })],
            published: _programs.Folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
        await _programs.DisposeAsync();
    }
}
