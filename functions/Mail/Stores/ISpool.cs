// The spool: every accepted message, whole and unchanged, until all its recipients are finished.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Messages between acceptance and the end of the last recipient. A message is in the spool as a whole or not at all: the commit is atomic, and its
/// success is the moment from which we answer for the mail. Every method throws <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface ISpool
{
    /// <summary>Begins a message. Nothing is stored before enough octets have come, and nothing is visible before the commit.</summary>
    ISpoolWriter Create(SpoolId id);

    /// <summary>Opens a message for one pass from its first octet to its last.</summary>
    Task<SpoolOpening> OpenAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Whether the message is there. A message that is not is finished, and so is one of which only an empty mark is left.</summary>
    Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Removes a message. It is no error if it is gone already.</summary>
    Task DeleteAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Takes a message out at its end: with a mark in its place (<see cref="LeaveMarkAsync"/>) or with none.</summary>
    /// <param name="id">The message.</param>
    /// <param name="leavesMark">As its envelope or its ledger says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task EndAsync(SpoolId id, bool leavesMark, CancellationToken cancellationToken) =>
        leavesMark ? LeaveMarkAsync(id, cancellationToken) : DeleteAsync(id, cancellationToken);

    /// <summary>
    /// Puts an empty mark in a finished message's place: it counts as gone, and cannot be committed again by a worker or a call that is late. The sweep
    /// removes the mark after 7 days.
    /// </summary>
    Task LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken);

    /// <summary>Lists messages whose id begins with <paramref name="prefix"/>, in order of id, 5,000 a page, without reading any.</summary>
    IAsyncEnumerable<SpoolEntry> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>
/// A message on its way into the spool. Holds at most one block in memory. Disposing without a commit leaves nothing behind that anybody sees.
/// </summary>
public interface ISpoolWriter : IAsyncDisposable
{
    /// <summary>
    /// Room for the next octets of content, never empty: write into it, then <see cref="AdvanceAsync"/>. The same memory is not valid after that call.
    /// </summary>
    Memory<byte> GetMemory();

    /// <summary>Takes the first <paramref name="count"/> octets written into <see cref="GetMemory"/>; stores a block when one is full.</summary>
    ValueTask AdvanceAsync(int count, CancellationToken cancellationToken);

    /// <summary>
    /// Commits: the envelope, our trace fields, then the content as received. When it returns, the message is durable under its id; when it throws,
    /// it may or may not be.
    /// </summary>
    /// <returns>
    /// False if a message of this id, or the mark of one that is finished, is there already. That can only be so for an id that was derived: then it is made.
    /// </returns>
    Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken);
}

/// <summary>What came of opening a spooled message.</summary>
public abstract record SpoolOpening
{
    private SpoolOpening()
    {
    }

    /// <summary>There is none: all its recipients are finished.</summary>
    public sealed record Missing : SpoolOpening;

    /// <summary>It was written by another version of this program. To be left as it is, tried again later, and alerted.</summary>
    public sealed record UnknownVersion(int Version) : SpoolOpening;

    /// <summary>It cannot be what was committed. To be parked, with the reason.</summary>
    public sealed record Damaged(string Reason) : SpoolOpening;

    /// <summary>It is open.</summary>
    public sealed record Opened(ISpoolReader Reader) : SpoolOpening;
}

/// <summary>A spooled message being read, once, from front to end.</summary>
public interface ISpoolReader : IAsyncDisposable
{
    /// <summary>The envelope.</summary>
    Envelope Envelope { get; }

    /// <summary>Octets of trace fields and content together.</summary>
    long Length { get; }

    /// <summary>When the message was committed, by the storage service's clock.</summary>
    DateTimeOffset StoredAt { get; }

    /// <summary>
    /// Reads the next octets of trace fields and content; 0 at the end, which is reached only if length and SHA-256 are those of the commit.
    /// </summary>
    /// <exception cref="SpoolDamagedException">Length or hash differ from what was committed.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>A spooled message is not what was committed: to be parked, never delivered, never deleted.</summary>
public sealed class SpoolDamagedException(string message) : IOException(message);

/// <summary>A message as the listing shows it.</summary>
/// <param name="Id">The message.</param>
/// <param name="StoredAt">When it was committed, by the storage service's clock.</param>
/// <param name="Length">Its octets; 0 for the empty mark that a finished message leaves where a late call could bring it again.</param>
public readonly record struct SpoolEntry(SpoolId Id, DateTimeOffset StoredAt, long Length);
