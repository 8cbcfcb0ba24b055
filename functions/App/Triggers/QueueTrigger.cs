// What the queue functions have in common: one binding, with a work item in it.
using MailFunctions.App.Pipeline;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.Mail;
using MailFunctions.Telemetry;

namespace MailFunctions.App.Triggers;

/// <summary>A function called with a queue text.</summary>
/// <param name="queue">The queue's name.</param>
/// <param name="run">The stage.</param>
internal sealed class QueueTrigger(string queue, Func<ReadOnlyMemory<byte>, CancellationToken, Task<Ending>> run) : ITrigger
{
    private const string Binding = "msg"; // as in function.json

    /// <inheritdoc/>
    public async Task<Ending> InvokeAsync(InvocationRequest invocation, CancellationToken cancellationToken)
    {
        var text = invocation.Text(Binding);
        using var span = QueueSpans.Process(queue, (WorkItem.Read(text.Span) as WorkItemReading.Item)?.Work);
        try
        {
            return await run(text, cancellationToken);
        }
        catch (Exception error)
        {
            span?.Fail(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public SpoolId? Subject(InvocationRequest invocation) =>
        WorkItem.Read(invocation.Text(Binding).Span) is WorkItemReading.Item(var work) ? work.Id : null;
}
