// What cannot be processed and waits for an operator.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Reasons why something cannot be processed, kept until an operator decides. Every method throws <see cref="StoreUnavailableException"/> when
/// storage cannot be reached.
/// </summary>
public interface IParked
{
    /// <summary>Parks a message. Parking it again keeps the first reason.</summary>
    Task ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken);

    /// <summary>Parks a queue text that names no message, under a hash of the text and with the text itself.</summary>
    Task ParkTextAsync(WorkQueue queue, ReadOnlyMemory<byte> text, string reason, CancellationToken cancellationToken);

    /// <summary>All that is parked, without reading any.</summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken);
}
