// The owner of a mailbox, who fetches and deletes all the time.
using System.Diagnostics;
using System.Net.Sockets;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>
/// Opens one POP3 session after the other, reads what it has not seen, and deletes what it has had for some time. A copy counts as fetched once its owner,
/// having read it, has sent QUIT with its mark on; it counts as deleted once that QUIT was answered +OK. A session that ends before QUIT changes
/// nothing, so whatever it saw must be there the next time.
/// </summary>
internal sealed class MailboxReader(int port, string address, Deliveries deliveries, Random chance)
{
    private const int MostPerSession = 200;
    private const double HangsUp = 0.02;
    private const double DeletesAtOnce = 0.02;

    private readonly Dictionary<string, (string Id, long Since)> _read = [];

    /// <summary>How long it leaves a copy on the server; every fiftieth or so it deletes at once all the same.</summary>
    public TimeSpan Keeps { get; set; }

    /// <summary>How many sessions came to a QUIT that was answered +OK.</summary>
    public int Sessions { get; private set; }

    /// <summary>How many broke or were refused.</summary>
    public int Broken { get; private set; }

    /// <summary>Whether the last session found an empty mailbox.</summary>
    public bool FoundNothing { get; private set; }

    /// <summary>Reads until stopped, with a pause between sessions.</summary>
    public async Task RunAsync(TimeSpan pause, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await ReadOnceAsync();
            await Task.Delay(pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One session.</summary>
    public async Task ReadOnceAsync()
    {
        FoundNothing = false;
        try
        {
            await using var session = await Pop3Client.TryLogInAsync(port, address, LocalSystem.Password);
            if (session is not null && await ReadAsync(session))
            {
                Sessions++;
                return;
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // the server has gone, or storage was not to be had
        }
        Broken++;
    }

    private async Task<bool> ReadAsync(Pop3Client session)
    {
        var uids = await session.ListUidsAsync();
        if (uids.Count != uids.Distinct().Count())
            deliveries.Unexpected($"{address} lists a copy twice");
        var marked = new List<string>();
        var retrieved = 0;
        foreach (var (number, uid) in uids.Index())
        {
            if (!_read.ContainsKey(uid) && retrieved++ < MostPerSession)
                _read[uid] = (Check(uid, await session.RetrieveAsync(number + 1)), Stopwatch.GetTimestamp());
            if (_read.TryGetValue(uid, out var copy) && (Stopwatch.GetElapsedTime(copy.Since) >= Keeps || chance.NextDouble() < DeletesAtOnce))
            {
                await MarkAsync(session, number + 1);
                marked.Add(uid);
            }
        }
        if (chance.NextDouble() < HangsUp)
            return false;
        foreach (var uid in marked)
            deliveries.Fetched(address, uid, _read[uid].Id);
        if (!(await session.AskAsync("QUIT")).StartsWith("+OK", StringComparison.Ordinal))
            return false;
        foreach (var uid in marked)
        {
            deliveries.Deleted(address, uid);
            _read.Remove(uid);
        }
        FoundNothing = uids.Count == 0;
        return true;
    }

    private string Check(string uid, string copy)
    {
        var (id, isWhole) = NumberedMessage.Read(copy);
        if (!isWhole)
            deliveries.Unexpected($"{uid} at {address} is not what was sent as '{id}'");
        return id;
    }

    private static async Task MarkAsync(Pop3Client session, int number)
    {
        var reply = await session.AskAsync($"DELE {number}");
        if (!reply.StartsWith("+OK", StringComparison.Ordinal))
            throw new IOException(reply);
    }
}
