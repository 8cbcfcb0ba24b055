// Takes a message in: from the end of DATA's 354 to the reply that makes it ours, or not.
using System.Text;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Mime;
using MailFunctions.Smtp;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// The commit point of the system. Content streams through one block of memory into the spool; when it has ended and nothing speaks against it, the
/// spool blob is committed, then the queue is told, and only then the client. Any doubt before the commit is 451; a queue that cannot be told
/// afterwards is not the client's concern, since the sweep finds what is committed.
/// </summary>
internal sealed class MessageIntake(
    ISpool spool, IWorkQueue queue, GatewayOptions options, SenderRewriting rewriting, SubmissionPolicy submission, SenderChecks checks,
    Signatures signatures, TimeProvider time, ITrace trace, ILogger<MessageIntake> log)
{
    /// <summary>How many times <see cref="GatewayOptions.MaxMessageBytes"/> is read of a refused message: an honest client is still to hear why.</summary>
    public const int MaxDrained = 10;

    private const int MaxHops = 100;               // RFC 5321 6.3

    /// <summary>Names messages; a simulation names them so that a run can be repeated.</summary>
    public Func<TimeProvider, SpoolId> NewId { get; init; } = SpoolId.New;

    /// <summary>Begins a message.</summary>
    public Reception Begin(SmtpSession session, MailTransaction transaction)
    {
        var id = NewId(time);
        return new Reception(id, spool.Create(id), checks.Begin(!session.MayRelay, transaction.Recipients.Any(to => to.IsForwarded)));
    }

    /// <summary>Reads the whole content behind DATA and settles what becomes of it.</summary>
    /// <exception cref="IOException">The connection ended or stalled before the end of the content: nothing is stored.</exception>
    public async Task<Reply> ReceiveAsync(SmtpSession session, MailTransaction transaction, CancellationToken cancellationToken)
    {
        await using var reception = Begin(session, transaction);
        return await ReadAsync(session, reception, new DotReader(session.Connection.Input), cancellationToken)
            ? await FinishAsync(session, transaction, reception, cancellationToken)
            : Replies.EndlessContent;
    }

    /// <summary>Reads to the end of what there is to read: content behind DATA, or a chunk. What speaks against the message is noted in it.</summary>
    /// <returns>False if the end is too far away to be read for a message that is refused.</returns>
    /// <exception cref="IOException">The connection ended or stalled before the end of the content: nothing is stored.</exception>
    public async Task<bool> ReadAsync(SmtpSession session, Reception reception, IContentReader content, CancellationToken cancellationToken)
    {
        while (reception.Refusal is null)
        {
            var memory = reception.Writer.GetMemory();
            var count = await session.Connection.ReadContentAsync(content, memory);
            if (count > 0)
            {
                reception.Octets += count;
                reception.Header.Pass(memory.Span[..count]);
            }
            reception.Refusal = Objection(reception, content);
            if (count == 0)
                return true;
            reception.Refusal ??= await StoreAsync(session, reception, reception.Evidence.Pass(memory[..count]), cancellationToken);
        }
        return await DrainAsync(session, content);
    }

    /// <summary>Commits the message, or says why not.</summary>
    public async Task<Reply> FinishAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        reception.Span.Enter();
        var reply = reception.Refusal
            ?? await StoreAsync(session, reception, reception.Evidence.Complete(), cancellationToken)
            ?? await AuthorObjectionAsync(session, reception, cancellationToken)
            ?? await CommitAsync(session, transaction, reception, cancellationToken);
        reception.Span.Note(session, transaction, reception, reply);
        session.Connection.Metrics.Answered(reply);
        if (LimitOf(reception) is { } limit)
            session.Connection.Metrics.LimitHit(limit);
        if (reply.IsSuccess)
            session.Connection.Conduct.Deliver();
        else
            trace.Note(Entry(TraceKind.Refused, session, transaction, reception) with { Reply = reply.ToString() });
        return reply;
    }

    /// <summary>Reads what is left of a refused message to its true end all the same: unread, it would be taken for commands.</summary>
    /// <returns>False if that is too far.</returns>
    public async Task<bool> DrainAsync(SmtpSession session, IContentReader content)
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

    private Reply? Objection(Reception reception, IContentReader content)
    {
        var header = reception.Header;
        if (content.Defects != ContentDefects.None)
            return Replies.BadContent;
        if (reception.Octets > options.MaxMessageBytes)
            return Replies.MessageTooBig;
        if (header.Hops > MaxHops)
            return Replies.TooManyHops;
        return HeaderLimitOf(header) is null ? null : Replies.HeaderTooBig;
    }

    private string? LimitOf(Reception reception)
    {
        if (reception.Refusal == Replies.MessageTooBig)
            return nameof(GatewayOptions.MaxMessageBytes);
        return reception.Refusal == Replies.HeaderTooBig ? HeaderLimitOf(reception.Header) : null;
    }

    // The limit that the header exceeds, the narrowest if it is more than one.
    private string? HeaderLimitOf(HeaderScan header)
    {
        if (header.LongestField > options.Limits.HeaderFieldBytes)
            return nameof(LimitOptions.HeaderFieldBytes);
        if (header.Fields > options.Limits.HeaderFields)
            return nameof(LimitOptions.HeaderFields);
        return header.Octets > options.Limits.HeaderBytes ? nameof(LimitOptions.HeaderBytes) : null;
    }

    // Most octets are in the writer's memory already.
    private async Task<Reply?> StoreAsync(SmtpSession session, Reception reception, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        try
        {
            while (octets.Length > 0)
            {
                var memory = reception.Writer.GetMemory();
                var count = Math.Min(octets.Length, memory.Length);
                octets.Span[..count].CopyTo(memory.Span); // nothing to do where it is the same memory
                await reception.Writer.AdvanceAsync(count, cancellationToken);
                octets = octets[count..];
            }
            return null;
        }
        catch (StoreUnavailableException error)
        {
            log.NotStored(session.Connection.Id, reception.Id, error);
            return Replies.LocalTrouble;
        }
    }

    private async Task<Reply?> AuthorObjectionAsync(SmtpSession session, Reception reception, CancellationToken cancellationToken)
    {
        if (session.Login is not { } login)
            return null;
        try
        {
            return await submission.ObjectionAsync(login, reception.Header, cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            log.DirectoryUnavailable(session.Connection.Id, error);
            return Replies.LocalTrouble;
        }
    }

    private async Task<Reply> CommitAsync(SmtpSession session, MailTransaction transaction, Reception reception, CancellationToken cancellationToken)
    {
        var id = reception.Id;
        var now = time.GetUtcNow();
        var recipients = Looped(transaction.Recipients, reception.Header.DeliveredTo);
        if (recipients.All(to => to.Loops))
            return Replies.MailLoop;
        // One recipient may be named; of several, each would learn of the others.
        var only = transaction is { Accepted: 1, Recipients.Count: > 0 } ? transaction.Recipients[0].Original : (EmailAddress?)null;
        var envelope = new Envelope
        {
            Id = id,
            ReversePath = transaction.ReversePath,
            Recipients = recipients,
            EightBitMime = transaction.EightBitMime,
            SmtpUtf8 = transaction.SmtpUtf8 && (reception.Header.HasEightBit || transaction.ReversePath is { IsAscii: false } || only is { IsAscii: false }),
            Return = transaction.Return,
            EnvelopeId = transaction.EnvelopeId,
            Login = session.Login,
            ClientAddress = session.Connection.Address?.ToString(),
            Helo = session.Hello ?? "",
            ReceivedAt = now,
        };
        var received = new ReceivedTrace(envelope.Helo, session.Connection.Address, options.Hostname, session.ProtocolOf(transaction), id, only, now);
        var missing = session.Login is null ? [] : submission.MissingFields(reception.Header, id, now);
        SenderVerdict verdict;
        try
        {
            verdict = await checks.JudgeAsync(session, transaction, reception, cancellationToken);
            if (verdict.Refusal is { } refusal)
                return refusal;
            var signed = await SignedAsync(session, reception, missing, cancellationToken);
            envelope = envelope with { ForwardSender = await rewriting.RewriteAsync(transaction, cancellationToken) };
            var top = (byte[])[
                .. ForwardTrace(transaction, only), .. verdict.Seal, .. Encoding.ASCII.GetBytes(verdict.Field), .. received.ToBytes(), .. signed, .. missing];
            if (!await reception.Writer.CommitAsync(envelope, top, cancellationToken))
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
        trace.Note(Entry(TraceKind.Accepted, session, transaction, reception) with { Results = verdict.Field.Length == 0 ? null : verdict.Field.ReplaceLineEndings(" ") });
        log.Accepted(session.Connection.Id, id, transaction.ReversePath, transaction.Recipients.Count, reception.Octets);
        return Replies.Queued(id);
    }

    // What our users and our own hosts send is signed by the author's domain.
    private ValueTask<byte[]> SignedAsync(SmtpSession session, Reception reception, byte[] missing, CancellationToken cancellationToken) =>
        session.MayRelay && reception.Evidence.Digest is { } digest
            ? signatures.SignAsync(digest, reception.Header, missing, cancellationToken)
            : ValueTask.FromResult<byte[]>([]);

    private static TraceEntry Entry(TraceKind kind, SmtpSession session, MailTransaction transaction, Reception reception) => session.Entry(kind) with
    {
        Id = reception.Id,
        From = transaction.ReversePath?.ToString() ?? "",
        To = [.. transaction.Recipients.Take(TraceEntry.MaxRecipients).Select(to => to.Target.ToString())],
        Octets = reception.Octets,
    };

    // Those to whom the message was delivered before, or by whom it was sent on: it has come back to them (Postfix: local(8)).
    private static IReadOnlyList<Recipient> Looped(IReadOnlyList<Recipient> recipients, IReadOnlySet<EmailAddress> deliveredTo) => deliveredTo.Count == 0
        ? recipients
        : [.. recipients.Select(to => to with { Loops = (to.IsLocal || to.IsForwarded) && deliveredTo.Contains((to.IsLocal ? to.Target : to.Original).Canonical) })];

    // What an alias sends away says so, that its way back can be seen. Among several recipients each would learn of the others.
    private static byte[] ForwardTrace(MailTransaction transaction, EmailAddress? only) => only is { } alias && transaction.Recipients.Any(to => to.IsForwarded)
        ? Encoding.UTF8.GetBytes($"Delivered-To: {alias.Canonical}\r\n")
        : [];
}
