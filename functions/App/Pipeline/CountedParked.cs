// Counts what is parked, whoever parks it.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>The store of what is parked, with a counter before it. Fails as the store does, and then counts nothing.</summary>
internal sealed class CountedParked(IParked inner) : IParked
{
    /// <inheritdoc/>
    public async Task ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken)
    {
        await inner.ParkAsync(id, reason, cancellationToken);
        PipelineMetrics.Parked("message");
    }

    /// <inheritdoc/>
    public async Task ParkTextAsync(WorkQueue queue, ReadOnlyMemory<byte> text, string reason, CancellationToken cancellationToken)
    {
        await inner.ParkTextAsync(queue, text, reason, cancellationToken);
        PipelineMetrics.Parked("text");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);
}
