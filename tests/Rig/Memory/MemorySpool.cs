// A spool in memory.
using System.Security.Cryptography;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps messages with length and hash as of their commit, and can damage them afterwards.</summary>
public sealed class MemorySpool(IStoreClock clock, StoreFaults faults) : ISpool
{
    private readonly SortedDictionary<SpoolId, Message> _messages = [];

    /// <summary>The most octets that any one read gives: less than what is asked for, as a network does.</summary>
    public int ReadLength { get; set; } = 300_000;

    /// <summary>Told the position of a reader after every read.</summary>
    public Action<long>? OnRead { get; set; }

    /// <summary>The messages that are there, in order.</summary>
    public IReadOnlyList<SpoolId> Ids => [.. _messages.Where(pair => pair.Value.Length > 0).Select(pair => pair.Key)];

    /// <summary>The empty marks that are there, in order.</summary>
    public IReadOnlyList<SpoolId> Marks => [.. _messages.Where(pair => pair.Value.Length == 0).Select(pair => pair.Key)];

    /// <summary>The envelope of a message.</summary>
    public Envelope EnvelopeOf(SpoolId id) => _messages[id].Envelope!;

    /// <summary>The octets of a message.</summary>
    public byte[] Content(SpoolId id) => [.. Enumerable.Range(0, (int)_messages[id].Length).Select(position => _messages[id].OctetAt(position))];

    /// <summary>Commits a message whose octets are computed, so that even a large one takes no memory.</summary>
    public void Put(Envelope envelope, long length, Func<long, byte> octetAt, DateTimeOffset? storedAt = null) =>
        _messages[envelope.Id] = new Message(envelope, length, octetAt, Hash(length, octetAt), storedAt ?? clock.UtcNow, null);

    /// <summary>Commits a message.</summary>
    public void Put(Envelope envelope, byte[] content, DateTimeOffset? storedAt = null) =>
        Put(envelope, content.Length, position => content[position], storedAt);

    /// <summary>Puts something in a message's place that does not open.</summary>
    public void PutUnopenable(SpoolId id, SpoolOpening opening) => _messages[id] = new Message(null, 1, _ => 0, [], clock.UtcNow, opening);

    /// <summary>Changes one octet of what is stored, after the commit.</summary>
    public void Damage(SpoolId id, long position)
    {
        var whole = _messages[id];
        _messages[id] = whole with { OctetAt = at => (byte)(whole.OctetAt(at) ^ (at == position ? 1 : 0)) };
    }

    /// <summary>Cuts off the end of what is stored, after the commit.</summary>
    public void Truncate(SpoolId id, long length) => _messages[id] = _messages[id] with { Available = length };

    public ISpoolWriter Create(SpoolId id) => new Writer(this, id, faults);

    public Task<SpoolOpening> OpenAsync(SpoolId id, CancellationToken cancellationToken) => faults.CallAsync<SpoolOpening>(
        "Spool.Open",
        () => !_messages.TryGetValue(id, out var message) || message.Length == 0 ? new SpoolOpening.Missing()
            : message.Unopenable ?? new SpoolOpening.Opened(new Reader(this, message, faults)),
        cancellationToken);

    public Task<bool> ExistsAsync(SpoolId id, CancellationToken cancellationToken) =>
        faults.CallAsync("Spool.Exists", () => _messages.TryGetValue(id, out var message) && message.Length > 0, cancellationToken);

    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) =>
        faults.CallAsync("Spool.Delete", () => { _messages.Remove(id); }, cancellationToken);

    public Task LeaveMarkAsync(SpoolId id, CancellationToken cancellationToken) => faults.CallAsync(
        "Spool.LeaveMark", () => { _messages[id] = new Message(null, 0, _ => 0, [], clock.UtcNow, null); }, cancellationToken);

    public async IAsyncEnumerable<SpoolEntry> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await faults.CallAsync(
            "Spool.List",
            () => _messages.Where(pair => pair.Key.Text.StartsWith(prefix, StringComparison.Ordinal)).ToList(),
            cancellationToken);
        foreach (var (id, message) in page)
            yield return new SpoolEntry(id, message.StoredAt, message.Length);
    }

    private static byte[] Hash(long length, Func<long, byte> octetAt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[65_536];
        for (long position = 0; position < length; position += block.Length)
        {
            var count = (int)Math.Min(block.Length, length - position);
            for (var i = 0; i < count; i++)
                block[i] = octetAt(position + i);
            hash.AppendData(block, 0, count);
        }
        return hash.GetHashAndReset();
    }

    private sealed record Message(
        Envelope? Envelope, long Length, Func<long, byte> OctetAt, byte[] CommittedHash, DateTimeOffset StoredAt, SpoolOpening? Unopenable)
    {
        public long Available { get; init; } = Length;
    }

    private sealed class Reader(MemorySpool spool, Message message, StoreFaults faults) : ISpoolReader
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;

        public Envelope Envelope => message.Envelope ?? throw new InvalidOperationException("It did not open.");

        public long Length => message.Length;

        public DateTimeOffset StoredAt => message.StoredAt;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = await faults.CallAsync(
                "Spool.Read",
                () =>
                {
                    var span = buffer.Span[..(int)Math.Min(Math.Min(buffer.Length, spool.ReadLength), message.Available - _position)];
                    for (var i = 0; i < span.Length; i++)
                        span[i] = message.OctetAt(_position + i);
                    return span.Length;
                },
                cancellationToken);
            _hash.AppendData(buffer.Span[..count]);
            _position += count;
            spool.OnRead?.Invoke(_position);
            if (count == 0 && (_position != message.Length || !_hash.GetCurrentHash().AsSpan().SequenceEqual(message.CommittedHash)))
                throw new SpoolDamagedException("Length or hash differ from those of the commit.");
            return count;
        }

        public ValueTask DisposeAsync()
        {
            _hash.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Writer(MemorySpool spool, SpoolId id, StoreFaults faults) : ISpoolWriter
    {
        private readonly MemoryStream _content = new();
        private readonly byte[] _room = new byte[65_536];

        public Memory<byte> GetMemory() => _room;

        public ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
        {
            _content.Write(_room, 0, count);
            return ValueTask.CompletedTask;
        }

        public Task<bool> CommitAsync(Envelope envelope, ReadOnlyMemory<byte> trace, CancellationToken cancellationToken) => faults.CallAsync(
            "Spool.Commit",
            () =>
            {
                if (spool._messages.ContainsKey(id))
                    return false;
                spool.Put(envelope, [.. trace.Span, .. _content.ToArray()]);
                return true;
            },
            cancellationToken);

        public ValueTask DisposeAsync()
        {
            _content.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
