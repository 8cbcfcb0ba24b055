// Deletes the marked messages at the end of a session.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Gateway.Pop3;

/// <summary>What came of the UPDATE state.</summary>
internal abstract record UpdateResult
{
    private UpdateResult()
    {
    }

    /// <summary>Nothing was marked.</summary>
    public sealed record NothingToDo : UpdateResult;

    /// <summary>Everything marked is deleted.</summary>
    public sealed record Done : UpdateResult;

    /// <summary>Some of what was marked is still there.</summary>
    public sealed record Incomplete : UpdateResult;

    /// <summary>The lease could not be renewed: nothing more was deleted from then on.</summary>
    public sealed record LeaseLost : UpdateResult;
}

/// <summary>
/// The UPDATE state of RFC 1939 6. Messages are deleted a few at a time, each on its own: a failure leaves its message, and the client may mark it
/// again in the next session. The lease is renewed first, and again before less than <see cref="LeastHold"/> of it remains.
/// </summary>
internal sealed class MaildropUpdate(Maildrops maildrops, EmailAddress account, SessionFacts session, LeaseKeeper lease)
{
    /// <summary>How much of the lease must remain for the next deletions.</summary>
    public static readonly TimeSpan LeastHold = TimeSpan.FromSeconds(30);

    /// <summary>How many messages are deleted at the same time.</summary>
    public const int AtOnce = 8;

    // A delivery that found the copy there may be repeated for as long as its message is in the spool. One that looked into the spool just before
    // the message left it may be, too, for a moment: hence the age.
    private static readonly TimeSpan SettledAge = TimeSpan.FromMinutes(10);

    /// <summary>Deletes messages.</summary>
    public async Task<UpdateResult> RunAsync(MailboxEntry[] marked, CancellationToken cancellationToken)
    {
        if (!await lease.TryRenewAsync(cancellationToken))
            return new UpdateResult.LeaseLost();
        var left = marked.Length;
        foreach (var batch in marked.Chunk(AtOnce))
        {
            if (lease.Remaining < LeastHold && !await lease.TryRenewAsync(cancellationToken))
                return new UpdateResult.LeaseLost();
            var removals = await Task.WhenAll(batch.Select(entry => TryRemoveAsync(entry, cancellationToken)));
            var removed = removals.Count(succeeded => succeeded);
            session.Deleted += removed;
            left -= removed;
            if (removed == 0) // storage is in trouble, and the client waits
                break;
        }
        return left == 0 ? new UpdateResult.Done() : new UpdateResult.Incomplete();
    }

    private async Task<bool> TryRemoveAsync(MailboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            if (await CannotComeBackAsync(entry, cancellationToken))
                await maildrops.Mailboxes.DeleteAsync(account, entry.Uid, cancellationToken);
            else
                await maildrops.Mailboxes.BuryAsync(account, entry.Uid, cancellationToken);
            maildrops.Trace.Note(new TraceEntry(TraceKind.Deleted) { Id = entry.Uid, Session = session.Id, To = [account.ToString()] });
            maildrops.Log.Deleted(session.Id, account, entry.Uid);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            maildrops.Log.NotDeleted(session.Id, account, entry.Uid, error.Message);
            return false;
        }
    }

    private async Task<bool> CannotComeBackAsync(MailboxEntry entry, CancellationToken cancellationToken) =>
        maildrops.Clock.UtcNow - entry.CreatedAt > SettledAge && !await maildrops.Spool.ExistsAsync(entry.Uid, cancellationToken);
}
