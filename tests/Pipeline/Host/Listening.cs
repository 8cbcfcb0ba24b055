// A listener at work during a test.
using MailFunctions.Local.Host;

namespace MailFunctions.Pipeline.Host;

/// <summary>Runs a listener until disposed, and then waits for its end.</summary>
internal sealed class Listening : IAsyncDisposable
{
    private readonly Invoker _invoker;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public Listening(Invoker invoker, Func<CancellationToken, Task> run)
    {
        _invoker = invoker;
        _run = run(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
        _invoker.Dispose();
    }
}
