// The index by time of what is to be tried again, so that a timer lists only what is due.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Empty blobs named by time. An entry too many is harmless, and a lost one is found by the sweep. Every method throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface IDueIndex
{
    /// <summary>Adds an entry; the same entry twice is one.</summary>
    Task AddAsync(DueEntry entry, CancellationToken cancellationToken);

    /// <summary>Lists, earliest first, the entries whose time has passed by the storage service's clock. With nothing due it is one call.</summary>
    IAsyncEnumerable<DueEntry> ListDueAsync(CancellationToken cancellationToken);

    /// <summary>Removes an entry. It is no error if it is gone already.</summary>
    Task DeleteAsync(DueEntry entry, CancellationToken cancellationToken);
}

/// <summary>Something to be tried again at a time.</summary>
/// <param name="Time">When, UTC, in whole milliseconds.</param>
/// <param name="Id">The message.</param>
/// <param name="Destination">The destination to relay to, or null to route the message.</param>
/// <param name="Poisoned">How often this work already ended in a poison queue.</param>
public sealed record DueEntry(DateTimeOffset Time, SpoolId Id, string? Destination, int Poisoned)
{
    /// <summary>An entry for <paramref name="time"/>, cut to the whole milliseconds that the index keeps.</summary>
    public static DueEntry At(DateTimeOffset time, SpoolId id, string? destination, int poisoned) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()), id, destination, poisoned);
}
