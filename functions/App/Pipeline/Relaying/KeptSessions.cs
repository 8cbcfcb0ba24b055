// Open sessions that wait a moment for the next message to the same server.
using System.Net;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>What a session is good for.</summary>
/// <param name="Site">The destination, or the smarthost: nobody else's mail goes over it.</param>
/// <param name="Host">The server's name.</param>
/// <param name="EndPoint">Its address.</param>
/// <param name="IsEnforced">Whether TLS and certificate were demanded: nothing that demands them goes over a session that was begun without.</param>
internal readonly record struct SessionKey(string Site, string Host, IPEndPoint EndPoint, bool IsEnforced = false);

/// <summary>
/// While other messages of this process are under way to a site, a session that has done its work is kept for the next of them: connection, handshake
/// and login are then made once for many messages. Where nothing else is under way it ends at once, and nobody waits. Whoever takes one has to find out
/// whether the server is still there.
/// </summary>
internal sealed class KeptSessions(DestinationSlots slots, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long a session waits. Servers do not like idle clients, and mail that is here comes at once.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>The most messages that go over a session.</summary>
    public const int MaxMessages = 100;

    /// <summary>How long after its beginning a session is still kept, so that a change of exchangers or certificates is noticed.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly List<Kept> _kept = [];
    private bool _isDisposed;

    private sealed record Kept(SessionKey Key, SmtpConnection Connection)
    {
        public ITimer? Timer { get; set; }
    }

    /// <summary>The session that was kept last, if there is one.</summary>
    public SmtpConnection? Take(SessionKey key)
    {
        lock (_gate)
        {
            if (_kept.FindLastIndex(kept => kept.Key == key) is var at && at < 0)
                return null;
            var found = _kept[at];
            _kept.RemoveAt(at);
            found.Timer?.Dispose();
            return found.Connection;
        }
    }

    /// <summary>Keeps a session, or ends it.</summary>
    /// <returns>Its end; completed at once if it is kept.</returns>
    public Task LeaveAsync(SessionKey key, SmtpConnection connection)
    {
        var isWanted = connection is { IsUsable: true, Transactions: < MaxMessages } && connection.Age < MaxAge && slots.TakenAt(key.Site) > 1;
        lock (_gate)
        {
            if (isWanted && !_isDisposed)
            {
                var kept = new Kept(key, connection);
                _kept.Add(kept);
                kept.Timer = time.CreateTimer(Expire, kept, Wait, Timeout.InfiniteTimeSpan);
                return Task.CompletedTask;
            }
        }
        return EndAsync(connection);
    }

    /// <summary>Ends all that are kept.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Kept> all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [.. _kept];
            _kept.Clear();
        }
        await Task.WhenAll(all.Select(kept =>
        {
            kept.Timer?.Dispose();
            return EndAsync(kept.Connection);
        }));
    }

    private void Expire(object? state)
    {
        var kept = (Kept)state!;
        lock (_gate)
        {
            if (!_kept.Remove(kept))
                return; // taken in this moment
            kept.Timer?.Dispose();
        }
        _ = EndAsync(kept.Connection); // it never fails, and ends within the wait for a farewell
    }

    private static async Task EndAsync(SmtpConnection connection)
    {
        await connection.QuitAsync();
        await connection.DisposeAsync();
    }
}
