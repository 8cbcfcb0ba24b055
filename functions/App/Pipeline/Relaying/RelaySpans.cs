// The spans of sessions with other servers: whom we spoke to and what came of it, in codes.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Smtp.Client;
using MailFunctions.Telemetry;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Spans under that of the work, by the semantic conventions of OpenTelemetry where it has any, else named <c>mail.*</c>.</summary>
internal static class RelaySpans
{
    /// <summary>Begins the span of a connection, new or kept.</summary>
    public static Activity? Connect(RelayHost host)
    {
        var span = MailSpans.StartChild("smtp connect", ActivityKind.Client);
        span?.SetTag("network.protocol.name", "smtp");
        span?.SetTag("server.address", host.Name);
        span?.SetTag("server.port", host.EndPoint.Port);
        span?.SetTag("network.peer.address", host.EndPoint.Address.ToString());
        span?.SetTag("network.peer.port", host.EndPoint.Port);
        return span;
    }

    /// <summary>Notes how a connection came out.</summary>
    public static ConnectResult Note(this Activity? span, ConnectResult result, bool isKept)
    {
        if (span is null)
            return result;
        span.SetTag("mail.session.reused", isKept);
        if (result is ConnectResult.Connected(var connection))
            span.SetTag("mail.tls", connection.IsTls);
        else if (result is ConnectResult.Failed(var trouble))
            span.Note(trouble);
        return result;
    }

    /// <summary>Begins the span of a transaction.</summary>
    public static Activity? Send(SmtpConnection connection, string destination, int recipients)
    {
        var span = MailSpans.StartChild("smtp send", ActivityKind.Client);
        span?.SetTag("network.protocol.name", "smtp");
        span?.SetTag("server.address", connection.Host);
        span?.SetTag("mail.destination", destination);
        span?.SetTag("mail.recipients", recipients);
        return span;
    }

    /// <summary>Notes what the other server answered: as the span's own, and for each recipient as an event, without his address.</summary>
    public static SendResult Note(this Activity? span, SendResult result)
    {
        if (span is null || result is not SendResult.Ended ended)
            return result;
        foreach (var outcome in ended.Recipients.Select(recipient => recipient.Outcome))
            span.AddEvent(new ActivityEvent("mail.recipient", tags: [new("mail.outcome", NameOf(outcome)), .. ReplyOf(outcome.Reply?.Code, outcome.Status)]));
        if (ended.Trouble is { } trouble)
        {
            span.Note(trouble);
            return result;
        }
        if (ended.Recipients is [{ Outcome: var first }, ..])
        {
            foreach (var (name, value) in ReplyOf(first.Reply?.Code, first.Status))
                span.SetTag(name, value);
        }
        return result;
    }

    private static void Note(this Activity span, ClientTrouble trouble)
    {
        span.SetTag("error.type", trouble.Cause.ToString());
        span.SetTag("mail.stage", trouble.Stage.ToString());
        foreach (var (name, value) in ReplyOf(trouble.Reply?.Code, trouble.Status))
            span.SetTag(name, value);
        span.SetStatus(ActivityStatusCode.Error);
    }

    private static IEnumerable<KeyValuePair<string, object?>> ReplyOf(int? code, DeliveryStatus status)
    {
        if (code is not null)
            yield return new("mail.reply.code", code);
        yield return new("mail.reply.status", status.ToString());
    }

    private static string NameOf(Outcome outcome) => outcome switch
    {
        Outcome.Delivered => "delivered",
        Outcome.Failed => "failed",
        Outcome.TryLater => "deferred",
        _ => "unknown",
    };
}
