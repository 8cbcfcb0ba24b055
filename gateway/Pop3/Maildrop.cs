// The messages of one session: numbered, and marked to be deleted.
using System.Collections;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Pop3;

/// <summary>A message under its number.</summary>
/// <param name="Number">Its number in this session, from 1 in order of arrival.</param>
/// <param name="Entry">What the listing said of it.</param>
internal readonly record struct NumberedMessage(int Number, MailboxEntry Entry);

/// <summary>
/// A maildrop as it was when its session began, held by a lease. Nothing is deleted except by <see cref="UpdateAsync"/>; disposing frees the maildrop.
/// </summary>
internal sealed class Maildrop(
    Maildrops maildrops, EmailAddress account, SessionFacts session, LeaseKeeper lease, List<MailboxEntry> messages, Tombstones tombstones)
    : IAsyncDisposable
{
    private readonly BitArray _marked = new(messages.Count);
    private readonly long _allOctets = messages.Sum(message => message.Length);
    private int _markedCount;
    private long _markedOctets;

    /// <summary>Messages not marked.</summary>
    public int Count => messages.Count - _markedCount;

    /// <summary>Their octets together.</summary>
    public long Octets => _allOctets - _markedOctets;

    /// <summary>The messages not marked, by number.</summary>
    public IEnumerable<NumberedMessage> Unmarked => Select(marked: false);

    /// <summary>Where trouble is told.</summary>
    public ILogger Log => maildrops.Log;

    /// <summary>The message with the number that a client wrote.</summary>
    /// <returns>Null for what is no number, for no such message, and for a marked one.</returns>
    public NumberedMessage? Find(ReadOnlySpan<byte> number) =>
        DecimalNumber.TryParse(number, out var value) && value >= 1 && value <= messages.Count && !_marked[(int)value - 1]
            ? new NumberedMessage((int)value, messages[(int)value - 1])
            : null;

    /// <summary>Opens a message, or with <paramref name="top"/> the top of it.</summary>
    /// <returns>Null if it is gone.</returns>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public Task<MessageContent?> OpenAsync(NumberedMessage message, TopCutter? top, CancellationToken cancellationToken) =>
        MessageContent.OpenAsync(maildrops.Mailboxes, account, message.Entry, top, cancellationToken);

    /// <summary>Marks a message to be deleted.</summary>
    public void Mark(NumberedMessage message)
    {
        _marked[message.Number - 1] = true;
        _markedCount++;
        _markedOctets += message.Entry.Length;
    }

    /// <summary>Takes all marks off.</summary>
    public void UnmarkAll()
    {
        _marked.SetAll(false);
        _markedCount = 0;
        _markedOctets = 0;
    }

    /// <summary>
    /// The UPDATE state (RFC 1939 6): deletes what is marked, under the lease, and gives the lease up, whatever comes of it. What is not marked is
    /// never touched.
    /// </summary>
    public async Task<UpdateResult> UpdateAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_markedCount == 0)
                return new UpdateResult.NothingToDo();
            await lease.TakeOverAsync();
            var update = new MaildropUpdate(maildrops, account, session, lease);
            var result = await update.RunAsync([.. Select(marked: true).Select(message => message.Entry)], cancellationToken);
            if (result is not UpdateResult.LeaseLost)
                await tombstones.SweepSomeAsync(cancellationToken);
            return result;
        }
        finally
        {
            await lease.ReleaseAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private IEnumerable<NumberedMessage> Select(bool marked)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (_marked[i] == marked)
                yield return new NumberedMessage(i + 1, messages[i]);
        }
    }
}
