// The ledger: what remains to be done for messages that are not finished by local delivery.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Ledgers by message, changed only by compare-and-swap. Every method throws <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface ILedger
{
    /// <summary>Creates the ledger unless there is one.</summary>
    /// <returns>False if there is one already.</returns>
    Task<bool> CreateAsync(Ledger ledger, CancellationToken cancellationToken);

    /// <summary>Reads a ledger.</summary>
    Task<LedgerReading> ReadAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Replaces a ledger if it is still in the state that <paramref name="tag"/> names.</summary>
    /// <returns>The tag of the new state, or null if another worker has changed or removed the ledger: what this one knows of it is old.</returns>
    Task<string?> UpdateAsync(Ledger ledger, string tag, CancellationToken cancellationToken);

    /// <summary>Removes a ledger. It is no error if it is gone already.</summary>
    Task DeleteAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Lists ledgers whose id begins with <paramref name="prefix"/>, in order of id, 5,000 a page, without reading any.</summary>
    IAsyncEnumerable<LedgerEntry> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>What came of reading a ledger.</summary>
public abstract record LedgerReading
{
    private LedgerReading()
    {
    }

    /// <summary>There is none.</summary>
    public sealed record Missing : LedgerReading;

    /// <summary>Another version of this program wrote it: to be left alone, tried again later, and alerted.</summary>
    public sealed record UnknownVersion(int Version) : LedgerReading;

    /// <summary>It cannot be read. To be parked, with the reason.</summary>
    public sealed record Damaged(string Reason) : LedgerReading;

    /// <summary>It was read; <paramref name="Tag"/> names this state for a compare-and-swap.</summary>
    public sealed record Found(Ledger Ledger, string Tag) : LedgerReading;
}

/// <summary>A ledger as the listing shows it.</summary>
/// <param name="Id">The message.</param>
/// <param name="Next">The earliest time at which something is to be done, UTC, or null while all that remains is held.</param>
/// <param name="ChangedAt">When it was last written, by the storage service's clock.</param>
public readonly record struct LedgerEntry(SpoolId Id, DateTimeOffset? Next, DateTimeOffset ChangedAt);
