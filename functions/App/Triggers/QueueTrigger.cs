// What the queue functions have in common: one binding, with a work item in it.
using MailFunctions.App.Pipeline;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.Mail;

namespace MailFunctions.App.Triggers;

/// <summary>A function called with a queue text.</summary>
internal sealed class QueueTrigger(Func<ReadOnlyMemory<byte>, CancellationToken, Task<Ending>> run) : ITrigger
{
    private const string Binding = "msg"; // as in function.json

    /// <inheritdoc/>
    public Task<Ending> InvokeAsync(InvocationRequest invocation, CancellationToken cancellationToken) =>
        run(invocation.Text(Binding), cancellationToken);

    /// <inheritdoc/>
    public SpoolId? Subject(InvocationRequest invocation) =>
        WorkItem.Read(invocation.Text(Binding).Span) is WorkItemReading.Item(var work) ? work.Id : null;
}
