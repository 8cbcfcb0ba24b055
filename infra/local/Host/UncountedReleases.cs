// Remembers how often a message was dequeued for a worker that was dead.
using System.Collections.Concurrent;

namespace MailFunctions.Local.Host;

/// <summary>
/// The storage service counts every dequeue, also those of which no invocation came to an end because the worker died. These are kept here by message
/// id and taken off, so that a worker killed many times does not poison the messages it held. Kept in memory only: after a restart of the local run
/// each counts once.
/// </summary>
internal sealed class UncountedReleases
{
    private readonly ConcurrentDictionary<string, int> _releases = new(StringComparer.Ordinal);

    /// <summary>How many of a message's dequeues do not count.</summary>
    public int Of(string messageId) => _releases.GetValueOrDefault(messageId);

    /// <summary>One more that does not count.</summary>
    public void Add(string messageId) => _releases.AddOrUpdate(messageId, 1, (_, count) => count + 1);

    /// <summary>The message is finished.</summary>
    public void Forget(string messageId) => _releases.TryRemove(messageId, out _);
}
