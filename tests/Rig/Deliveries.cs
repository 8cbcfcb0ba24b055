// Whether mail that was accepted is where it belongs, once: the book that a load keeps of what it sent and what came out.
namespace MailFunctions.Rig;

/// <summary>
/// What a load has sent, been answered and found again. A message has an id of the load's own; each time that the system takes it, it gets a spool id,
/// so a copy is told by its spool id and its recipient. Safe for concurrent use. Holds a few hundred octets a message.
/// </summary>
public sealed class Deliveries
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Message> _messages = [];
    private readonly Dictionary<(string SpoolId, string Recipient), Copy> _copies = [];
    private readonly List<string> _unexpected = [];
    private readonly List<string> _duplicated = [];
    private int _accepted;

    /// <summary>How many answers of 250 were heard.</summary>
    public int Accepted => Locked(() => _accepted);

    /// <summary>How many copies that were promised by a 250 have not been found yet.</summary>
    public int Missing => Locked(() => FindLost().Count());

    /// <summary>The spool ids of copies that another server was sent more often than the reasons that are noted explain.</summary>
    public IReadOnlyList<string> SentAgain =>
        Locked<IReadOnlyList<string>>(() => [.. _copies.Where(copy => copy.Value.Count > 1 + copy.Value.Excuses).Select(copy => copy.Key.SpoolId)]);

    /// <summary>Notes a message before its first octet is sent.</summary>
    public void Offer(string id, params IReadOnlyList<string> recipients) => Locked(() => _messages.Add(id, new Message(recipients)));

    /// <summary>Notes that a message was answered 250.</summary>
    public void Answered(string id, string spoolId) => Locked(() =>
    {
        _accepted++;
        _messages[id].SpoolIds.Add(spoolId);
    });

    /// <summary>Notes that a message was sent whole and not answered 250: it may have been taken all the same, once.</summary>
    public void Doubted(string id) => Locked(() => _messages[id].Doubts++);

    /// <summary>Notes a copy that a mailbox had: its owner has read it, and says so that it may be deleted.</summary>
    public void Fetched(string recipient, string spoolId, string id) => Locked(() =>
    {
        if (Find(recipient, spoolId, id) is not { } copy)
            return;
        copy.Count = 1; // a session that broke lets it be seen again
        if (copy.IsDeleted)
            _duplicated.Add($"{id} came back to {recipient} as {spoolId} after it was deleted");
    });

    /// <summary>Notes that the end of a session in which a copy was marked was answered +OK: it must not be seen again.</summary>
    public void Deleted(string recipient, string spoolId) => Locked(() =>
    {
        if (_copies.TryGetValue((spoolId, recipient), out var copy)) // else it was unexpected
            copy.IsDeleted = true;
    });

    /// <summary>Notes a copy that another server was sent.</summary>
    public void Received(string recipient, string spoolId, string id) => Locked(() =>
    {
        if (Find(recipient, spoolId, id) is { } copy)
            copy.Count++;
    });

    /// <summary>Notes a reason for which another server may be sent a copy once more: the outcome could not be recorded.</summary>
    public void Excused(string recipient, string spoolId, string id) => Locked(() =>
    {
        if (Find(recipient, spoolId, id) is { } copy)
            copy.Excuses++;
    });

    /// <summary>Notes something that must not be.</summary>
    public void Unexpected(string what) => Locked(() => _unexpected.Add(what));

    /// <summary>What is to be said of it all, once nothing is under way any more.</summary>
    /// <param name="moreExcuses">How many more extra copies of a message are excused, by its spool id; null for none.</param>
    public DeliveriesVerdict Judge(Func<string, int>? moreExcuses = null)
    {
        lock (_gate)
        {
            var duplicated = _duplicated.ToList();
            foreach (var ((spoolId, recipient), copy) in _copies)
            {
                if (copy.Count > 1 + copy.Excuses && copy.Count > 1 + copy.Excuses + (moreExcuses?.Invoke(spoolId) ?? 0))
                    duplicated.Add($"{copy.Id} was sent to {recipient} {copy.Count} times as {spoolId}, with {copy.Excuses} reasons");
            }
            var recovered = 0;
            foreach (var taken in _copies.GroupBy(copy => copy.Value.Id))
            {
                var message = _messages[taken.Key];
                var unheard = taken.Select(copy => copy.Key.SpoolId).Distinct().Count(spoolId => !message.SpoolIds.Contains(spoolId));
                if (unheard > message.Doubts)
                    duplicated.Add($"{taken.Key} was taken {unheard} times without a 250, and may have been {message.Doubts} times");
                recovered += unheard;
            }
            return new DeliveriesVerdict
            {
                Messages = _messages.Count, Accepted = _accepted, Copies = _copies.Count, Recovered = recovered,
                Repeated = _copies.Values.Sum(copy => Math.Max(0, copy.Count - 1)), Lost = [.. FindLost()], Duplicated = duplicated,
                Unexpected = [.. _unexpected],
            };
        }
    }

    private IEnumerable<string> FindLost() =>
        from message in _messages
        from spoolId in message.Value.SpoolIds
        from recipient in message.Value.Recipients
        where _copies.GetValueOrDefault((spoolId, recipient)) is not { Count: > 0 }
        select $"{message.Key} to {recipient}, accepted as {spoolId}";

    private Copy? Find(string recipient, string spoolId, string id)
    {
        if (!_messages.TryGetValue(id, out var message) || !message.Recipients.Contains(recipient))
        {
            _unexpected.Add($"{id} at {recipient} as {spoolId}, which nobody sent there");
            return null;
        }
        if (_copies.TryGetValue((spoolId, recipient), out var copy))
        {
            if (copy.Id == id)
                return copy;
            _unexpected.Add($"{spoolId} is {copy.Id} and {id}");
            return null;
        }
        return _copies[(spoolId, recipient)] = new Copy(id);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }

    private void Locked(Action write)
    {
        lock (_gate)
            write();
    }

    private sealed class Message(IReadOnlyList<string> recipients)
    {
        public IReadOnlyList<string> Recipients => recipients;

        public List<string> SpoolIds { get; } = new(1);

        public int Doubts { get; set; }
    }

    private sealed class Copy(string id)
    {
        public string Id => id;

        public int Count { get; set; }

        public int Excuses { get; set; }

        public bool IsDeleted { get; set; }
    }
}

/// <summary>What is to be said of a load.</summary>
public sealed record DeliveriesVerdict
{
    /// <summary>Messages that were offered.</summary>
    public required int Messages { get; init; }

    /// <summary>Answers of 250.</summary>
    public required int Accepted { get; init; }

    /// <summary>Different copies that were found.</summary>
    public required int Copies { get; init; }

    /// <summary>Messages that had been taken although their client heard no 250.</summary>
    public required int Recovered { get; init; }

    /// <summary>Copies sent to other servers once more than needed, with or without a reason.</summary>
    public required int Repeated { get; init; }

    /// <summary>Copies that were promised and are nowhere.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>What is there more often than anything that went wrong explains.</summary>
    public required IReadOnlyList<string> Duplicated { get; init; }

    /// <summary>What nobody sent, or not so.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>Whether all is as promised.</summary>
    public bool IsGood => Lost.Count + Duplicated.Count + Unexpected.Count == 0;
}
