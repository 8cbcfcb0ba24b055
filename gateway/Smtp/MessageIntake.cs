// Takes a message in: from the end of DATA's 354 to the reply that makes it ours, or not.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mime;
using MailFunctions.Smtp;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// The commit point of the system. Content streams through one block of memory into the spool; when it has ended and nothing speaks against it, the
/// spool blob is committed, then the queue is told, and only then the client. Any doubt before the commit is 451; a queue that cannot be told
/// afterwards is not the client's concern, since the sweep finds what is committed.
/// </summary>
internal sealed class MessageIntake(ISpool spool, IWorkQueue queue, GatewayOptions options, SenderRewriting rewriting, TimeProvider time, ILogger<MessageIntake> log)
{
    private const int MaxHops = 100;               // RFC 5321 6.3
    private const int MaxDrained = 10;             // times MaxMessageBytes: an honest client with a message far too large is still to hear 552
    private const int MaxHeaderOctets = 262_144;
    private const int MaxHeaderFields = 1_000;

    /// <summary>Reads the content to its true end and settles what becomes of it.</summary>
    /// <exception cref="IOException">The connection ended or stalled before the end of the content: nothing is stored.</exception>
    public async Task<Reply> ReceiveAsync(SmtpSession session, MailTransaction transaction, CancellationToken cancellationToken)
    {
        var id = SpoolId.New(time);
        await using var writer = spool.Create(id);
        var content = new DotReader(session.Connection.Input);
        var header = new HeaderScan();
        var octets = 0L;
        Reply? refusal = null;
        while (refusal is null)
        {
            var memory = writer.GetMemory();
            var count = await session.Connection.ReadContentAsync(content, memory);
            if (count == 0)
                return Objection(octets, header, content) ?? await CommitAsync(session, transaction, writer, id, octets, cancellationToken);
            octets += count;
            header.Pass(memory.Span[..count]);
            refusal = Objection(octets, header, content) ?? await StoreAsync(session, writer, id, count, cancellationToken);
        }
        return await DrainAsync(session, content) ? refusal : Replies.EndlessContent;
    }

    // What is left of a refused message is read to its true end all the same: unread, it would be taken for commands. False if that is too far.
    private async Task<bool> DrainAsync(SmtpSession session, DotReader content)
    {
        var scratch = new byte[8_192];
        var left = MaxDrained * options.MaxMessageBytes;
        while (await session.Connection.ReadContentAsync(content, scratch) is > 0 and var count)
        {
            if ((left -= count) < 0)
                return false;
        }
        return true;
    }

    private Reply? Objection(long octets, HeaderScan header, DotReader content)
    {
        if (content.Defects != ContentDefects.None)
            return Replies.BadContent;
        if (octets > options.MaxMessageBytes)
            return Replies.MessageTooBig;
        if (header.Hops > MaxHops)
            return Replies.TooManyHops;
        return header.Octets > MaxHeaderOctets || header.Fields > MaxHeaderFields ? Replies.HeaderTooBig : null;
    }

    private async Task<Reply?> StoreAsync(SmtpSession session, ISpoolWriter writer, SpoolId id, int count, CancellationToken cancellationToken)
    {
        try
        {
            await writer.AdvanceAsync(count, cancellationToken);
            return null;
        }
        catch (StoreUnavailableException error)
        {
            log.NotStored(session.Connection.Id, id, error);
            return Replies.LocalTrouble;
        }
    }

    private async Task<Reply> CommitAsync(
        SmtpSession session, MailTransaction transaction, ISpoolWriter writer, SpoolId id, long octets, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var envelope = new Envelope
        {
            Id = id,
            ReversePath = transaction.ReversePath,
            Recipients = transaction.Recipients,
            EightBitMime = transaction.EightBitMime,
            Login = session.Login,
            ClientAddress = session.Connection.Address?.ToString(),
            Helo = session.Hello ?? "",
            ReceivedAt = now,
        };
        // One recipient may be named; of several, each would learn of the others.
        var only = transaction is { Accepted: 1, Recipients.Count: > 0 } ? transaction.Recipients[0].Original : (EmailAddress?)null;
        var trace = new ReceivedTrace(envelope.Helo, session.Connection.Address, options.Hostname, session.Protocol, id, only, now);
        try
        {
            envelope = envelope with { ForwardSender = await rewriting.RewriteAsync(transaction, cancellationToken) };
            if (!await writer.CommitAsync(envelope, trace.ToBytes(), cancellationToken))
                throw new StoreUnavailableException($"The spool holds another message {id}.", null);
        }
        catch (StoreUnavailableException error)
        {
            log.NotStored(session.Connection.Id, id, error);
            return Replies.LocalTrouble;
        }
        try
        {
            await queue.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = id }, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            log.NotEnqueued(session.Connection.Id, id, error);
        }
        log.Accepted(session.Connection.Id, id, transaction.ReversePath, transaction.Recipients.Count, octets);
        return Replies.Queued(id);
    }
}
