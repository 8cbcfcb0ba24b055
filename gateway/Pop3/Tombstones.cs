// Old tombstones of a maildrop, taken away a few at a time.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Pop3;

/// <summary>
/// The tombstones of a maildrop that are older than a day. One whose message has left the spool has done its work: no delivery can be repeated any
/// more. Failures are of no consequence, for a later session comes by again.
/// </summary>
internal sealed class Tombstones(Maildrops maildrops, EmailAddress account, List<SpoolId> expired)
{
    /// <summary>The most tombstones that one session looks at when it deletes messages.</summary>
    public const int MostAtQuit = 64;

    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    /// <summary>Whether a tombstone is old enough.</summary>
    public static bool MayGo(MailboxEntry entry, IStoreClock clock) => entry.IsTombstone && clock.UtcNow - entry.CreatedAt > Age;

    /// <summary>
    /// Looks at one, another one each minute: what a login without deletions may cost (two storage calls), without being stuck at one that must stay.
    /// </summary>
    public async Task SweepOneAsync(CancellationToken cancellationToken)
    {
        if (expired.Count == 0)
            return;
        var turn = maildrops.Clock.UtcNow.Ticks / TimeSpan.TicksPerMinute;
        await SweepAsync([expired[(int)(turn % expired.Count)]], cancellationToken);
    }

    /// <summary>Looks at up to <see cref="MostAtQuit"/>, the oldest first.</summary>
    public Task SweepSomeAsync(CancellationToken cancellationToken) =>
        SweepAsync(expired.GetRange(0, Math.Min(expired.Count, MostAtQuit)), cancellationToken);

    private async Task SweepAsync(List<SpoolId> uids, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var uid in uids)
            {
                if (!await maildrops.Spool.ExistsAsync(uid, cancellationToken))
                    await maildrops.Mailboxes.DeleteAsync(account, uid, cancellationToken);
            }
        }
        catch (StoreUnavailableException error)
        {
            maildrops.Log.TombstonesLeft(account, error.Message);
        }
    }
}
