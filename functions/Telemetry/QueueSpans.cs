// The spans of work that came from a queue, by the semantic conventions of messaging.
using System.Diagnostics;
using MailFunctions.Mail;

namespace MailFunctions.Telemetry;

/// <summary>Spans of <see cref="WorkItem"/>s.</summary>
public static class QueueSpans
{
    /// <summary>Begins the span of work on an item; it continues the trace of whoever enqueued it, if the item says which.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="work">The item; null for a text that is none.</param>
    public static Activity? Process(string queue, WorkItem? work)
    {
        var span = MailSpans.Start(work?.Traceparent, $"process {queue}", ActivityKind.Consumer);
        span?.Describe("process", queue, work);
        return span;
    }

    /// <summary>Says what is done to which message of which queue.</summary>
    internal static void Describe(this Activity span, string operation, string queue, WorkItem? work)
    {
        span.SetTag("messaging.system", "azure_queue_storage");
        span.SetTag("messaging.operation.name", operation);
        span.SetTag("messaging.operation.type", operation);
        span.SetTag("messaging.destination.name", queue);
        if (work is null)
            return;
        span.SetTag("mail.spool_id", work.Id.Text);
        if (work.Destination is { } destination)
            span.SetTag("mail.destination", destination);
        if (work.Poisoned > 0)
            span.SetTag("mail.poisoned", work.Poisoned);
    }
}
