// pids.json: which processes serve at this moment.
using System.Text.Json;

namespace MailFunctions.Local;

/// <summary>The serving processes; null for one that is not ours or not started yet.</summary>
internal sealed record Pids(int? Gateway, int? Functions, int? Azurite);

/// <summary>The file that names the serving processes, replaced as a whole at each change.</summary>
internal sealed class PidFile(string path, int? azurite) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What the file says.</summary>
    public Pids Current { get; private set; } = new(null, null, azurite);

    /// <summary>Names the gateway's process.</summary>
    public Task SetGatewayAsync(int id) => ReplaceAsync(pids => pids with { Gateway = id });

    /// <summary>Names the function app's process.</summary>
    public Task SetFunctionsAsync(int id) => ReplaceAsync(pids => pids with { Functions = id });

    /// <summary>Takes the file away: nothing serves any more.</summary>
    public void Dispose()
    {
        File.Delete(path);
        _turn.Dispose();
    }

    private async Task ReplaceAsync(Func<Pids, Pids> change)
    {
        await _turn.WaitAsync();
        try
        {
            Current = change(Current);
            // A reader sees the old file or the new one, never half of one.
            var next = path + ".new";
            await File.WriteAllBytesAsync(next, JsonSerializer.SerializeToUtf8Bytes(Current, LocalJson.Default.Pids));
            File.Move(next, path, overwrite: true);
        }
        finally
        {
            _turn.Release();
        }
    }
}
