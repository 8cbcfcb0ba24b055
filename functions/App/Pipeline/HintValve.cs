// Keeps the sweep from feeding an overload.
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>Says whether a queue is keeping up. Asks the queue before the first hint of a tick, and again after every few hundred.</summary>
internal sealed class HintValve(IWorkQueue queue, WorkQueue name)
{
    private const int HintsBetweenLooks = 500;

    private static readonly TimeSpan Overload = TimeSpan.FromMinutes(5);

    private int _untilLook;
    private bool _isOpen;

    /// <summary>Whether the queue takes one more hint.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    public async ValueTask<bool> TakesHintAsync(CancellationToken cancellationToken)
    {
        if (_untilLook-- == 0)
        {
            _isOpen = await queue.OldestAgeAsync(name, cancellationToken) <= Overload;
            _untilLook = HintsBetweenLooks - 1;
        }
        return _isOpen;
    }
}
