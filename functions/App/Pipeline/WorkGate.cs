// Lets work that has failed repeatedly run alone, so that whatever it does to the process it does to no other message.
namespace MailFunctions.App.Pipeline;

/// <summary>A gate that ordinary work shares and suspect work has to itself. First come, first served: neither kind starves the other.</summary>
internal sealed class WorkGate : IDisposable
{
    // Above what the host sends at once (batchSize + newBatchThreshold in host.json); were it less, work would wait a little.
    private const int Places = 32;

    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly SemaphoreSlim _places = new(Places, Places);

    /// <summary>Enters beside others.</summary>
    /// <returns>What to dispose of when the work is over.</returns>
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => TakeAsync(1, cancellationToken);

    /// <summary>Waits until all others have left, and keeps them out.</summary>
    /// <returns>What to dispose of when the work is over.</returns>
    public Task<IDisposable> EnterAloneAsync(CancellationToken cancellationToken) => TakeAsync(Places, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _entrance.Dispose();
        _places.Dispose();
    }

    private async Task<IDisposable> TakeAsync(int count, CancellationToken cancellationToken)
    {
        await _entrance.WaitAsync(cancellationToken);
        var taken = 0;
        try
        {
            for (; taken < count; taken++)
                await _places.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (taken > 0)
        {
            _places.Release(taken);
            throw;
        }
        finally
        {
            _entrance.Release();
        }
        return new Stay(_places, count);
    }

    private sealed class Stay(SemaphoreSlim places, int count) : IDisposable
    {
        public void Dispose() => places.Release(count);
    }
}
