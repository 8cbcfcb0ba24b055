// Opens maildrops: takes the lease, then one look at what is there.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Pop3;

/// <summary>What came of opening a maildrop.</summary>
internal abstract record MaildropOpening
{
    private MaildropOpening()
    {
    }

    /// <summary>It is open and held.</summary>
    public sealed record Opened(Maildrop Maildrop) : MaildropOpening;

    /// <summary>Another session holds it.</summary>
    public sealed record InUse : MaildropOpening;

    /// <summary>Storage cannot be reached; nothing is held.</summary>
    public sealed record Unavailable(string Reason) : MaildropOpening;
}

/// <summary>What maildrops are made of, and the one way to open one.</summary>
internal sealed class Maildrops(IMailboxStore mailboxes, ISpool spool, IStoreClock clock, TimeProvider time, ITrace trace, ILogger log)
{
    /// <summary>The mailboxes.</summary>
    public IMailboxStore Mailboxes => mailboxes;

    /// <summary>The spool, which says whether a delivery may still be repeated.</summary>
    public ISpool Spool => spool;

    /// <summary>The clock by which ages are told.</summary>
    public IStoreClock Clock => clock;

    /// <summary>Where it is told what became of messages.</summary>
    public ITrace Trace => trace;

    /// <summary>The log.</summary>
    public ILogger Log => log;

    /// <summary>
    /// Opens the maildrop of an account for a session. Numbers, sizes and unique ids are those of this moment; what is delivered later belongs to
    /// the next session (RFC 1939 5).
    /// </summary>
    public async Task<MaildropOpening> OpenAsync(EmailAddress account, SessionFacts session, CancellationToken cancellationToken)
    {
        LeaseKeeper? lease = null;
        try
        {
            if (await mailboxes.TryLockAsync(account, cancellationToken) is not { } held)
                return new MaildropOpening.InUse();
            lease = new LeaseKeeper(held, session.Id, time, log);
            var messages = new List<MailboxEntry>();
            var tombstones = new List<SpoolId>();
            await foreach (var entry in mailboxes.ListAsync(account, cancellationToken))
            {
                if (!entry.IsTombstone)
                    messages.Add(entry);
                else if (Tombstones.MayGo(entry, clock))
                    tombstones.Add(entry.Uid);
            }
            messages.TrimExcess();
            var expired = new Tombstones(this, account, tombstones);
            await expired.SweepOneAsync(cancellationToken);
            var maildrop = new Maildrop(this, account, session, lease, messages, expired);
            lease = null;
            return new MaildropOpening.Opened(maildrop);
        }
        catch (StoreUnavailableException error)
        {
            return new MaildropOpening.Unavailable(error.Message);
        }
        finally
        {
            if (lease is not null)
                await lease.DisposeAsync();
        }
    }
}
