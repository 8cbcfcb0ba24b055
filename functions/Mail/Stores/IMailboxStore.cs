// The mailboxes: delivered messages, named so that the same delivery made twice is made once.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Delivered messages per account. A copy's uid is the spool id of its message, so a repeated delivery finds the first one. Every method throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface IMailboxStore
{
    /// <summary>Stores a copy of a message that is at hand as a whole, <paramref name="head"/> first, in one write.</summary>
    /// <param name="account">Whose copy.</param>
    /// <param name="uid">Its name.</param>
    /// <param name="head">What stands in front of the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="summary">What a list is to show of it, at most 5,000 octets in UTF-8; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False if a copy, or the tombstone of one, was there already: delivered before, which is success.</returns>
    Task<bool> DeliverAsync(
        EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken);

    /// <summary>Begins a copy of a message that is read block by block.</summary>
    /// <returns>Null if a copy, or the tombstone of one, is there already.</returns>
    Task<IMailboxUpload?> BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken);

    /// <summary>All copies of an account, tombstones too, in order of uid, which is the order of arrival. One call a page of 5,000.</summary>
    IAsyncEnumerable<MailboxEntry> ListAsync(EmailAddress account, CancellationToken cancellationToken);

    /// <summary>The same with what was stored of them to be shown, which makes pages larger and no more of them.</summary>
    IAsyncEnumerable<DescribedEntry> ListDescribedAsync(EmailAddress account, CancellationToken cancellationToken);

    /// <summary>Opens a copy for reading.</summary>
    /// <returns>Null if it is not there, or is a tombstone. The caller disposes the stream.</returns>
    Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken);

    /// <summary>Removes a copy for good. It is no error if it is gone already.</summary>
    Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken);

    /// <summary>Puts an empty tombstone in a copy's place, so that a repeated delivery cannot bring it back.</summary>
    Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken);

    /// <summary>Takes the exclusive lease of an account's maildrop, for 60 seconds until renewed.</summary>
    /// <returns>Null if another session has it.</returns>
    Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken);
}

/// <summary>A copy being uploaded in blocks. Disposing without the last block leaves nothing that anybody sees.</summary>
public interface IMailboxUpload
{
    /// <summary>What a list is to show of the copy, at most 5,000 octets in UTF-8; to be told before the last block.</summary>
    string? Summary { get; set; }

    /// <summary>Stores the next block; with <paramref name="last"/> the copy becomes visible as a whole, unless one is there already.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> block, bool last, CancellationToken cancellationToken);
}

/// <summary>The exclusive hold on a maildrop.</summary>
public interface IMaildropLease
{
    /// <summary>How long the hold still lasts by this machine's monotonic clock, counted from before the call that took or renewed it.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Makes it last 60 seconds from now.</summary>
    /// <returns>False if it is lost: another session may have the maildrop.</returns>
    Task<bool> RenewAsync(CancellationToken cancellationToken);

    /// <summary>Gives it up. Never throws for a lease that is lost.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>A copy as the listing shows it.</summary>
/// <param name="Uid">Its name, stable for ever, which POP3 shows as UIDL.</param>
/// <param name="Length">Its octets; 0 for a tombstone.</param>
/// <param name="CreatedAt">When it was stored, by the storage service's clock.</param>
public readonly record struct MailboxEntry(SpoolId Uid, long Length, DateTimeOffset CreatedAt)
{
    /// <summary>True if this is only the mark of a copy that its owner deleted.</summary>
    public bool IsTombstone => Length == 0;
}

/// <summary>A copy as the listing shows it, and what is to be shown of it.</summary>
/// <param name="Entry">The copy.</param>
/// <param name="Summary">What was stored with it; null if nothing was, or for a tombstone.</param>
public readonly record struct DescribedEntry(MailboxEntry Entry, string? Summary);

/// <summary>Short forms of calls.</summary>
public static class MailboxStoreCalls
{
    /// <summary>Stores a copy without a summary.</summary>
    public static Task<bool> DeliverAsync(
        this IMailboxStore mailboxes, EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        mailboxes.DeliverAsync(account, uid, head, message, summary: null, cancellationToken);
}
