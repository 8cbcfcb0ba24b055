// One message over an open session: envelope, content, and the moment at which the message becomes the peer's.
using System.Buffers;
using MailFunctions.Mail;
using MailFunctions.Wire;

namespace MailFunctions.Smtp.Client;

/// <summary>
/// A transaction (RFC 5321 3.3). Its one irrevocable step is the end of the content: before it, dropping the connection delivers nothing; from its
/// first octet on, only the peer's reply tells what has become of the message.
/// </summary>
internal sealed class Transaction(
    PeerWire wire, PeerExtensions extensions, string host, ClientLimits limits, OutgoingMessage message, Func<bool> mayFinish, bool resets)
{
    private readonly bool _usesChunks = message.Transfer == ContentTransfer.Chunks && extensions.Chunking;

    private EnvelopeExchange? _envelope;

    /// <summary>True if the connection must be dropped: it is broken, or the peer waits for something that we will not send.</summary>
    public bool MustDrop { get; private set; }

    /// <summary>True if the next transaction has to begin with RSET.</summary>
    public bool LeavesOpen { get; private set; }

    /// <summary>True once the end of the content was sent or begun to be sent.</summary>
    public bool EndSent { get; private set; }

    /// <summary>Runs it. What the content's source throws comes through; the connection must then be dropped.</summary>
    /// <exception cref="InvalidDataException">The content is not as long as it was said to be.</exception>
    public async Task<SendResult> RunAsync(CancellationToken cancellationToken)
    {
        if (Objection() is { } objection)
            return Conclude(objection);
        _envelope = new EnvelopeExchange(wire, extensions, host, limits, message, resets, _usesChunks);
        await _envelope.RunAsync();
        if (_envelope.SiteTrouble is { } trouble)
            return Conclude(trouble);
        if (_envelope.MessageTrouble is not null || _envelope.Accepted == 0)
        {
            await BackOutAsync();
            return Conclude(null);
        }
        using var blocks = new ContentBlocks(message);
        return _usesChunks ? await SendChunksAsync(blocks, cancellationToken) : await SendLinesAsync(blocks, cancellationToken);
    }

    // What this message needs and this server does not offer. Nothing is sent then.
    private ClientTrouble? Objection()
    {
        if (message.EightBit && !extensions.EightBitMime)
            return Unsendable(new(5, 6, 3), $"the message has 8-bit content and {host} takes 7-bit content only");
        if (message.Utf8 && !extensions.SmtpUtf8)
            return Unsendable(new(5, 6, 7), $"the message has a header in UTF-8 and {host} does not take that");
        return message.Length > extensions.SizeLimit
            ? Unsendable(new(5, 3, 4), $"the message has {message.Length} octets and {host} takes {extensions.SizeLimit} at most") : null;
    }

    // There is nobody to send the content to.
    private async Task BackOutAsync()
    {
        LeavesOpen = true;
        if (!_envelope!.ContentWanted)
            return;
        if (_envelope.Accepted > 0)
        {
            // MAIL was refused and yet there are recipients: what follows might be delivered to them.
            MustDrop = true;
            return;
        }
        // RFC 2920 3.1: a server that says 354 without a recipient gets a message of nothing.
        wire.Output.Write(".\r\n"u8);
        await wire.FlushAsync(limits.Block);
        MustDrop = await wire.ReadReplyAsync(limits.End) is not { Reply.Code: not 421 };
    }

    private async Task<SendResult> SendLinesAsync(ContentBlocks blocks, CancellationToken cancellationToken)
    {
        wire.ListenAhead();
        var writer = new DotWriter();
        for (var isLast = false; !isLast;)
        {
            var block = await blocks.ReadAsync(cancellationToken);
            if (!block.IsClean)
                return Conclude(Dirty());
            writer.Write(wire.Output, block.Octets.Span);
            if (!await wire.FlushAsync(limits.Block) || wire.HasAnswer)
                return Conclude(await InterruptionAsync());
            isLast = block.IsLast;
        }
        if (!mayFinish())
            return Lose();
        EndSent = true;
        writer.Finish(wire.Output);
        await wire.FlushAsync(limits.Block);
        return Conclude(await wire.ReadReplyAsync(limits.End));
    }

    // RFC 3030 2: a chunk, its reply, the next chunk. The end is a word on the last one.
    private async Task<SendResult> SendChunksAsync(ContentBlocks blocks, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var block = await blocks.ReadAsync(cancellationToken);
            if (!block.IsClean)
                return Conclude(Dirty());
            if (block.IsLast && !mayFinish())
                return Lose();
            EndSent = block.IsLast;
            var lacksLineEnd = block.IsLast && !blocks.EndsWithLine;
            wire.WriteLine($"BDAT {block.Octets.Length + (lacksLineEnd ? 2 : 0)}{(block.IsLast ? " LAST" : "")}");
            wire.Output.Write(block.Octets.Span);
            if (lacksLineEnd)
                wire.Output.Write("\r\n"u8);
            await wire.FlushAsync(limits.Block);
            var answer = await wire.ReadReplyAsync(block.IsLast ? limits.End : limits.Block);
            if (block.IsLast)
                return Conclude(answer);
            if (answer.Reply is not { IsSuccess: true })
            {
                LeavesOpen = true; // RFC 3030 2: after a refused chunk only RSET helps
                return Conclude(TroubleFrom(answer, ClientStage.Content));
            }
        }
    }

    // The peer spoke, or went, in the middle of the content. Even if it goes on listening, there is no way out of DATA but to finish.
    private async Task<ClientTrouble> InterruptionAsync()
    {
        MustDrop = true;
        return TroubleFrom(await wire.ReadReplyAsync(limits.Farewell), ClientStage.Content);
    }

    private ClientTrouble Dirty()
    {
        MustDrop = true;
        return ClientTrouble.OfMessage(host, new(5, 6, 0), ClientStage.Content, "the message has a bare CR, a bare LF or a NUL, which are not sent to anybody");
    }

    private SendResult.Lost Lose()
    {
        MustDrop = true;
        return new SendResult.Lost();
    }

    private ClientTrouble TroubleFrom(Answer answer, ClientStage stage) => answer.Reply switch
    {
        { IsTransient: true } or { IsPermanent: true } => ClientTrouble.FromReply(TroubleScope.Message, stage, host, answer.Reply),
        { } reply => ClientTrouble.OfSite(stage, TroubleCause.Malformed, host, reply.ToString()),
        null => ClientTrouble.OfSite(stage, answer.Cause, host),
    };

    private ClientTrouble Unsendable(DeliveryStatus status, string why) => ClientTrouble.OfMessage(host, status, ClientStage.Mail, why);

    // The reply to the end of the content, or what came instead.
    private SendResult.Ended Conclude(Answer end)
    {
        if (end.Reply is not { IsSuccess: true } reply)
            return Conclude(TroubleFrom(end, ClientStage.End));
        var delivered = new Outcome.Delivered(reply.Status ?? new DeliveryStatus(2, 0, 0), reply.ToString(), host, reply) { ReportsItself = extensions.Dsn };
        return new SendResult.Ended(Rows(delivered, null), null);
    }

    private SendResult.Ended Conclude(ClientTrouble? trouble)
    {
        // What MAIL or DATA was answered is known, whatever became of the connection afterwards.
        var decisive = _envelope?.MessageTrouble ?? trouble;
        if (trouble?.Scope == TroubleScope.Site)
            MustDrop = true;
        var isUnknown = EndSent && trouble is { Cause: not TroubleCause.Refused };
        var outcome = isUnknown ? new Outcome.Unknown(trouble!.Status, trouble.Text, host) : decisive?.ToOutcome();
        return new SendResult.Ended(Rows(outcome, decisive), decisive);
    }

    // Without an outcome for all, every recipient has a refusal of his own.
    private List<RecipientResult> Rows(Outcome? outcome, ClientTrouble? trouble)
    {
        var rows = new List<RecipientResult>(message.Recipients.Count);
        for (var i = 0; i < message.Recipients.Count; i++)
        {
            var address = message.Recipients[i].Address;
            // After a refused MAIL the replies to RCPT say nothing about recipients.
            var own = trouble?.Stage == ClientStage.Mail ? null : _envelope?.RefusalOf(i);
            rows.Add(own is null ? new RecipientResult(address, outcome!, trouble) : new RecipientResult(address, own.ToOutcome(), own));
        }
        return rows;
    }
}
