// What the timer functions have in common: one binding, with the time of the tick before in it.
using MailFunctions.App.Pipeline;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.Mail;

namespace MailFunctions.App.Triggers;

/// <summary>A function called by a timer.</summary>
internal sealed class TimerTrigger(Func<DateTimeOffset?, CancellationToken, Task> run) : ITrigger
{
    private const string Binding = "timer"; // as in function.json

    /// <inheritdoc/>
    public async Task<Ending> InvokeAsync(InvocationRequest invocation, CancellationToken cancellationToken)
    {
        await run(invocation.LastTick(Binding), cancellationToken);
        return Ending.Done;
    }

    /// <inheritdoc/>
    public SpoolId? Subject(InvocationRequest invocation) => null;
}
