// A server's process: started with the benchmark as its parent, and stopped by its id.
using System.Collections.Concurrent;
using MailFunctions.Local;

namespace MailFunctions.Bench.Peers;

/// <summary>A child that does not outlive the benchmark. Disposing asks it to end, and kills it when it does not.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int MostLines = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _said = new();
    private ChildProcess? _child;

    /// <summary>Its process id.</summary>
    public int Id => _child!.Id;

    /// <summary>The last lines that it has written, and how it has ended if it has.</summary>
    public string Said => string.Join('\n', _said) + (_child!.Exited.IsCompletedSuccessfully ? $"\nended with {_child.Exited.Result}" : "");

    /// <summary>Ends when it ends.</summary>
    public Task<int> Exited => _child!.Exited;

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program.</param>
    /// <param name="hear">Called with each line that it writes.</param>
    public static async Task<ServerProcess> StartAsync(ChildCommand command, Action<string>? hear = null)
    {
        var process = new ServerProcess();
        process._child = await ChildProcess.StartAsync(command, _ => Task.CompletedTask, line =>
        {
            process._said.Enqueue(line);
            if (process._said.Count > MostLines)
                process._said.TryDequeue(out _);
            hear?.Invoke(line);
        });
        return process;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!await _child!.TerminateAsync(Patience, TimeProvider.System))
            _child.Kill();
        await _child.DisposeAsync();
    }
}
