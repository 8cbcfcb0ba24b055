// One account's mailbox in memory, every call counted, delayed or failed as a test wants.
using System.Globalization;
using System.Runtime.CompilerServices;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig;

/// <summary>
/// Mailbox, maildrop lease and the part of the spool that POP3 asks for. <see cref="Before"/> sees every call, by name, before it takes effect: it may
/// throw, wait, or change something.
/// </summary>
public sealed class Pop3MemoryMaildrop(Pop3Clock clock) : IMailboxStore, ISpool
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<SpoolId, (byte[] Content, DateTimeOffset CreatedAt)> _copies = [];
    private readonly HashSet<SpoolId> _spool = [];
    private readonly List<string> _calls = [];
    private Lease? _holder;
    private int _added;
    private string? _hanging;

    /// <summary>Called before every call, with "Lock", "Renew", "Release", "List", "Open", "Read", "Exists", "Delete" or "Bury".</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>The most octets that one read of a message gives.</summary>
    public int ReadSize { get; set; } = int.MaxValue;

    /// <summary>Octets that are missing at the end of each message when it is read; negative: that are there beyond it.</summary>
    public int Missing { get; set; }

    /// <summary>How many message streams are open.</summary>
    public int OpenStreams { get; private set; }

    /// <summary>How many octets were read from messages.</summary>
    public long OctetsRead { get; private set; }

    /// <summary>The calls so far, reads of an open message not among them: they belong to the call that opened it.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>Whether a session holds the maildrop.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
                return _holder is { Remaining.Ticks: > 0 };
        }
    }

    /// <summary>Messages that are there.</summary>
    public IReadOnlyList<SpoolId> Messages => Select(tombstones: false);

    /// <summary>Tombstones that are there.</summary>
    public IReadOnlyList<SpoolId> Tombstones => Select(tombstones: true);

    /// <summary>The id of the n-th message that was added, from 1.</summary>
    public static SpoolId IdOf(int number) =>
        SpoolId.TryParse(string.Create(CultureInfo.InvariantCulture, $"{number:x12}7{0:x19}"), out var id) ? id : throw new ArgumentOutOfRangeException(nameof(number));

    /// <summary>Adds a message, or with empty content a tombstone.</summary>
    /// <param name="content">Its octets.</param>
    /// <param name="age">How long ago it was stored; an hour if not given.</param>
    /// <param name="spooled">Whether its message is in the spool still.</param>
    public SpoolId Add(byte[] content, TimeSpan? age = null, bool spooled = false)
    {
        lock (_lock)
        {
            var id = IdOf(++_added);
            _copies.Add(id, (content, clock.UtcNow - (age ?? TimeSpan.FromHours(1))));
            if (spooled)
                _spool.Add(id);
            return id;
        }
    }

    /// <summary>Takes a message away behind the session's back.</summary>
    public void Remove(SpoolId id)
    {
        lock (_lock)
            _copies.Remove(id);
    }

    /// <summary>Ends the lease of whoever has it, as if storage had given it to somebody else.</summary>
    public void TakeLeaseAway()
    {
        lock (_lock)
            _holder = null;
    }

    /// <summary>Makes every call of a name fail from now on.</summary>
    public void Fail(string call) => Before = name => name == call ? throw new StoreUnavailableException($"{call} fails.", null) : Task.CompletedTask;

    /// <summary>Makes every call of a name wait until it is cancelled.</summary>
    public void HangOn(string call) => _hanging = call;

    /// <inheritdoc/>
    public async IAsyncEnumerable<MailboxEntry> ListAsync(EmailAddress account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync("List", cancellationToken);
        List<MailboxEntry> entries;
        lock (_lock)
            entries = [.. _copies.Select(copy => new MailboxEntry(copy.Key, copy.Value.Content.Length, copy.Value.CreatedAt))];
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0 && i % 5_000 == 0)
                await CallAsync("List", cancellationToken);
            yield return entries[i];
        }
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken)
    {
        await CallAsync("Open", cancellationToken);
        lock (_lock)
        {
            if (!_copies.TryGetValue(uid, out var copy) || copy.Content.Length == 0)
                return null;
            OpenStreams++;
            byte[] content = Missing >= 0 ? copy.Content[..^Missing] : [.. copy.Content, .. new byte[-Missing]];
            return new Content(this, content);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken)
    {
        await CallAsync("Delete", cancellationToken);
        Remove(uid);
    }

    /// <inheritdoc/>
    public async Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken)
    {
        await CallAsync("Bury", cancellationToken);
        lock (_lock)
            _copies[uid] = ([], clock.UtcNow);
    }

    /// <inheritdoc/>
    public async Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken)
    {
        await CallAsync("Lock", cancellationToken);
        lock (_lock)
            return IsHeld ? null : _holder = new Lease(this);
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken)
    {
        await CallAsync("Exists", cancellationToken);
        return _spool.Contains(id);
    }

    Task<bool> IMailboxStore.DeliverAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    IAsyncEnumerable<DescribedEntry> IMailboxStore.ListDescribedAsync(EmailAddress account, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IMailboxUpload?> IMailboxStore.BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    ISpoolWriter ISpool.Create(SpoolId id) => throw new NotSupportedException();

    Task<SpoolOpening> ISpool.OpenAsync(SpoolId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task ISpool.DeleteAsync(SpoolId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task ISpool.LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    IAsyncEnumerable<SpoolEntry> ISpool.ListAsync(string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

    private List<SpoolId> Select(bool tombstones)
    {
        lock (_lock)
            return [.. _copies.Where(copy => copy.Value.Content.Length == 0 == tombstones).Select(copy => copy.Key)];
    }

    private Task CallAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
            _calls.Add(name);
        return name == _hanging ? Task.Delay(Timeout.Infinite, cancellationToken) : Before(name);
    }

    private sealed class Lease(Pop3MemoryMaildrop owner) : IMaildropLease
    {
        private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

        private long _since = owner.Clock.GetTimestamp();

        public TimeSpan Remaining => Duration - owner.Clock.GetElapsedTime(_since);

        public async Task<bool> RenewAsync(CancellationToken cancellationToken)
        {
            var since = owner.Clock.GetTimestamp();
            await owner.CallAsync("Renew", cancellationToken);
            lock (owner._lock)
            {
                if (owner._holder != this)
                    return false;
                _since = since;
                return true;
            }
        }

        public async Task ReleaseAsync(CancellationToken cancellationToken)
        {
            await owner.CallAsync("Release", cancellationToken);
            lock (owner._lock)
                owner._holder = owner._holder == this ? null : owner._holder;
        }
    }

    private Pop3Clock Clock => clock;

    private sealed class Content(Pop3MemoryMaildrop owner, byte[] content) : MemoryStream(content, writable: false)
    {
        private bool _disposed;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await owner.Before("Read");
            var count = Read(buffer.Span[..Math.Min(buffer.Length, owner.ReadSize)]);
            owner.OctetsRead += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (!_disposed)
            {
                _disposed = true;
                lock (owner._lock)
                    owner.OpenStreams--;
            }
            base.Dispose(disposing);
        }
    }
}
