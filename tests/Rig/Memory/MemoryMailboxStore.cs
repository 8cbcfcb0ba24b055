// Mailboxes in memory.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps copies by account and uid; creates only what is absent.</summary>
public sealed class MemoryMailboxStore(IStoreClock clock, TimeProvider time, StoreFaults faults) : IMailboxStore
{
    private readonly Dictionary<EmailAddress, SortedDictionary<SpoolId, Copy>> _accounts = [];
    private readonly Dictionary<EmailAddress, Lease> _leases = [];

    /// <summary>How often a copy was created, for those who must create it once.</summary>
    public int Created { get; private set; }

    /// <summary>Told the octets that an upload has been given, after every block.</summary>
    public Action<long>? OnWrite { get; set; }

    /// <summary>The uids of an account's copies, tombstones not counted.</summary>
    public IReadOnlyList<SpoolId> CopiesOf(EmailAddress account) => [.. Of(account).Where(pair => pair.Value.Content.Length > 0).Select(pair => pair.Key)];

    /// <summary>The octets of a copy.</summary>
    public byte[] Content(EmailAddress account, SpoolId uid) => Of(account)[uid].Content;

    /// <summary>Puts a copy as if it had been delivered at a time.</summary>
    public void Put(EmailAddress account, SpoolId uid, byte[] content, DateTimeOffset createdAt) => Of(account)[uid] = new Copy(content, createdAt);

    public Task<bool> DeliverAsync(
        EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> message, string? summary, CancellationToken cancellationToken) =>
        faults.CallAsync("Mailbox.Deliver", () => Create(account, uid, [.. head.Span, .. message.Span], summary), cancellationToken);

    public Task<IMailboxUpload?> BeginAsync(EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, CancellationToken cancellationToken) =>
        faults.CallAsync<IMailboxUpload?>(
            "Mailbox.Begin", () => Of(account).ContainsKey(uid) ? null : new Upload(this, account, uid, head, faults), cancellationToken);

    public async IAsyncEnumerable<MailboxEntry> ListAsync(
        EmailAddress account, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await faults.CallAsync("Mailbox.List", () => Of(account).ToList(), cancellationToken);
        foreach (var (uid, copy) in page)
            yield return new MailboxEntry(uid, copy.Content.Length, copy.CreatedAt);
    }

    public async IAsyncEnumerable<DescribedEntry> ListDescribedAsync(
        EmailAddress account, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await faults.CallAsync("Mailbox.List", () => Of(account).ToList(), cancellationToken);
        foreach (var (uid, copy) in page)
            yield return new DescribedEntry(new MailboxEntry(uid, copy.Content.Length, copy.CreatedAt), copy.Summary);
    }

    public Task<Stream?> OpenAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) => faults.CallAsync<Stream?>(
        "Mailbox.Open",
        () => Of(account).TryGetValue(uid, out var copy) && copy.Content.Length > 0 ? new MemoryStream(copy.Content, writable: false) : null,
        cancellationToken);

    public Task DeleteAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        faults.CallAsync("Mailbox.Delete", () => { Of(account).Remove(uid); }, cancellationToken);

    public Task BuryAsync(EmailAddress account, SpoolId uid, CancellationToken cancellationToken) =>
        faults.CallAsync("Mailbox.Bury", () => { Of(account)[uid] = new Copy([], clock.UtcNow); }, cancellationToken);

    public Task<IMaildropLease?> TryLockAsync(EmailAddress account, CancellationToken cancellationToken) => faults.CallAsync<IMaildropLease?>(
        "Mailbox.Lock",
        () => _leases.TryGetValue(account, out var held) && held.Remaining > TimeSpan.Zero ? null : _leases[account] = new Lease(time, faults),
        cancellationToken);

    private SortedDictionary<SpoolId, Copy> Of(EmailAddress account)
    {
        if (!_accounts.TryGetValue(account, out var copies))
            _accounts[account] = copies = [];
        return copies;
    }

    private bool Create(EmailAddress account, SpoolId uid, byte[] content, string? summary)
    {
        if (!Of(account).TryAdd(uid, new Copy(content, clock.UtcNow, summary)))
            return false;
        Created++;
        return true;
    }

    private sealed record Copy(byte[] Content, DateTimeOffset CreatedAt, string? Summary = null);

    private sealed class Upload(MemoryMailboxStore store, EmailAddress account, SpoolId uid, ReadOnlyMemory<byte> head, StoreFaults faults) : IMailboxUpload
    {
        private readonly List<byte[]> _blocks = [head.ToArray()];
        private long _written;

        public string? Summary { get; set; }

        public Task WriteAsync(ReadOnlyMemory<byte> block, bool last, CancellationToken cancellationToken) => faults.CallAsync(
            "Mailbox.Write",
            () =>
            {
                _blocks.Add(block.ToArray());
                _written += block.Length;
                store.OnWrite?.Invoke(_written);
                if (last)
                    store.Create(account, uid, Joined(), Summary);
            },
            cancellationToken);

        private byte[] Joined()
        {
            using var whole = new MemoryStream();
            _blocks.ForEach(part => whole.Write(part));
            return whole.ToArray();
        }
    }

    private sealed class Lease(TimeProvider time, StoreFaults faults) : IMaildropLease
    {
        private long _from = time.GetTimestamp();
        private bool _released;

        public TimeSpan Remaining => _released ? TimeSpan.Zero : TimeSpan.FromSeconds(60) - time.GetElapsedTime(_from);

        public Task<bool> RenewAsync(CancellationToken cancellationToken) => faults.CallAsync(
            "Lease.Renew",
            () =>
            {
                if (Remaining <= TimeSpan.Zero)
                    return false;
                _from = time.GetTimestamp();
                return true;
            },
            cancellationToken);

        public Task ReleaseAsync(CancellationToken cancellationToken) => faults.CallAsync("Lease.Release", () => { _released = true; }, cancellationToken);
    }
}
