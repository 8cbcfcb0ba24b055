// A function as the Functions host calls it.
using MailFunctions.App.Pipeline;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.Mail;

namespace MailFunctions.App.Triggers;

/// <summary>Unwraps an invocation and calls a stage of the pipeline. What a stage throws is mapped by the caller.</summary>
internal interface ITrigger
{
    /// <summary>Runs the function.</summary>
    Task<Ending> InvokeAsync(InvocationRequest invocation, CancellationToken cancellationToken);

    /// <summary>The message that the invocation is about, for the log; null if it names none.</summary>
    SpoolId? Subject(InvocationRequest invocation);
}
