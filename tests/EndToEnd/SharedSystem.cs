// One running system for all the tests that do it no harm.
using MailFunctions.Rig;

[assembly: AssemblyFixture(typeof(MailFunctions.EndToEnd.SharedSystem))]

namespace MailFunctions.EndToEnd;

/// <summary>Started once, lazily, for the whole suite; every test uses an account of its own or subjects of its own.</summary>
public sealed class SharedSystem : IAsyncLifetime
{
    private LocalSystem? _system;

    /// <summary>The system.</summary>
    public LocalSystem System => _system ?? throw new InvalidOperationException("Not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _system = await LocalSystem.StartAsync(
        [.. Enumerable.Range(1, 19).SelectMany(number => new[] { "--account", $"u{number}@example.test={LocalSystem.Password}" })]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
    }
}
