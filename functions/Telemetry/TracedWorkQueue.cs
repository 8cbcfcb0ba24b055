// Carries the trace on through the queues.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Telemetry;

/// <summary>Notes in what is enqueued within a span to which trace it belongs. Without one it is enqueued as it is. Fails as the queue does.</summary>
internal sealed class TracedWorkQueue(IWorkQueue inner) : IWorkQueue
{
    /// <inheritdoc/>
    public async Task EnqueueAsync(WorkQueue queue, WorkItem item, CancellationToken cancellationToken)
    {
        var name = queue == WorkQueue.Accepted ? "accepted" : "relay";
        using var span = MailSpans.StartChild($"send {name}", ActivityKind.Producer);
        span?.Describe("send", name, item);
        try
        {
            await inner.EnqueueAsync(queue, MailSpans.Traceparent is { } here ? item with { Traceparent = here } : item, cancellationToken);
        }
        catch (Exception error)
        {
            span?.Fail(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<TimeSpan> OldestAgeAsync(WorkQueue queue, CancellationToken cancellationToken) => inner.OldestAgeAsync(queue, cancellationToken);

    /// <inheritdoc/>
    public Task<long> CountAsync(WorkQueue queue, CancellationToken cancellationToken) => inner.CountAsync(queue, cancellationToken);
}
