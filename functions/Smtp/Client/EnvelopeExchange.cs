// MAIL, RCPT and DATA: the part of a transaction before the content, in one group or one by one, with the same effect.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>The envelope's commands and what their replies mean.</summary>
internal sealed class EnvelopeExchange(
    PeerWire wire, PeerExtensions extensions, string host, ClientLimits limits, OutgoingMessage message, bool resets, bool usesChunks)
{
    private readonly record struct Step(ClientStage Stage, string Line, int Recipient);

    private readonly bool[] _accepted = new bool[message.Recipients.Count];
    private readonly ClientTrouble?[] _refusals = new ClientTrouble?[message.Recipients.Count];

    /// <summary>Trouble that ends the session.</summary>
    public ClientTrouble? SiteTrouble { get; private set; }

    /// <summary>The refusal of MAIL or DATA.</summary>
    public ClientTrouble? MessageTrouble { get; private set; }

    /// <summary>Whether the server waits for content.</summary>
    public bool ContentWanted { get; private set; }

    /// <summary>How many recipients the server has accepted.</summary>
    public int Accepted => _accepted.Count(accepted => accepted);

    /// <summary>The refusal of one recipient, or null if he was accepted or there was no answer.</summary>
    public ClientTrouble? RefusalOf(int recipient) => _refusals[recipient];

    /// <summary>Sends the commands and takes the replies.</summary>
    public Task RunAsync() => extensions.Pipelining ? RunGroupAsync() : RunOneByOneAsync();

    // RFC 2920 3.1: everything up to DATA may leave at once. Replies are read while commands still leave, so that neither side waits for the other.
    private async Task RunGroupAsync()
    {
        var steps = Steps().ToList();
        foreach (var step in steps)
            wire.WriteLine(step.Line);
        var flushing = wire.FlushAsync(null);
        foreach (var step in steps)
        {
            if (!Take(step, await wire.ReadReplyAsync(LimitOf(step))))
                break;
        }
        await wire.FinishAsync(flushing, SiteTrouble is null ? limits.Block : limits.Farewell);
    }

    private async Task RunOneByOneAsync()
    {
        foreach (var step in Steps())
        {
            if (MessageTrouble is not null || (step.Stage == ClientStage.Data && Accepted == 0))
                return;
            if (!Take(step, await wire.AskAsync(step.Line, LimitOf(step))))
                return;
        }
    }

    private IEnumerable<Step> Steps()
    {
        if (resets)
            yield return new Step(ClientStage.Reset, "RSET", -1);
        yield return new Step(ClientStage.Mail, CommandLines.Mail(message, extensions), -1);
        for (var i = 0; i < message.Recipients.Count; i++)
            yield return new Step(ClientStage.Recipient, CommandLines.Recipient(message.Recipients[i], extensions), i);
        if (!usesChunks)
            yield return new Step(ClientStage.Data, "DATA", -1);
    }

    private TimeSpan LimitOf(Step step) => step.Stage == ClientStage.Data ? limits.DataStart : limits.Command;

    // False if the session is over.
    private bool Take(Step step, Answer answer)
    {
        if (answer.Reply is not { } reply)
            return EndSession(ClientTrouble.OfSite(step.Stage, answer.Cause, host));
        if (reply.Code == 421)
            return EndSession(ClientTrouble.FromReply(TroubleScope.Site, step.Stage, host, reply));
        var isRefusal = reply.IsTransient || reply.IsPermanent;
        switch (step.Stage)
        {
            case ClientStage.Reset when isRefusal:
                return EndSession(ClientTrouble.FromReply(TroubleScope.Site, step.Stage, host, reply));
            case ClientStage.Mail when isRefusal:
                MessageTrouble = ClientTrouble.FromReply(TroubleScope.Message, step.Stage, host, reply);
                return true;
            case ClientStage.Recipient when isRefusal:
                _refusals[step.Recipient] = RefusalFrom(reply);
                return true;
            case ClientStage.Recipient when reply.IsSuccess:
                _accepted[step.Recipient] = true;
                return true;
            case ClientStage.Data when isRefusal:
                // Without recipients, and after a refused MAIL, this refusal only repeats what is known.
                if (Accepted > 0)
                    MessageTrouble ??= ClientTrouble.FromReply(TroubleScope.Message, step.Stage, host, reply);
                return true;
            case ClientStage.Data when reply.Code == 354:
                ContentWanted = true;
                return true;
            case ClientStage.Reset or ClientStage.Mail when reply.IsSuccess:
                return true;
            default:
                return EndSession(ClientTrouble.OfSite(step.Stage, TroubleCause.Malformed, host, reply.ToString()));
        }
    }

    private ClientTrouble RefusalFrom(RemoteReply reply)
    {
        var refusal = ClientTrouble.FromReply(TroubleScope.Recipient, ClientStage.Recipient, host, reply);
        // RFC 5321 4.5.3.1.10: 552 here once meant "too many recipients"; what else servers mean by it they say in the enhanced status.
        return reply.Code == 552 && reply.Status is null or { Subject: 5, Detail: 3 } ? refusal with { Status = new DeliveryStatus(4, 5, 3) } : refusal;
    }

    private bool EndSession(ClientTrouble trouble)
    {
        SiteTrouble = trouble;
        return false;
    }
}
