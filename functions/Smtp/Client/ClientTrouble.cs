// What went wrong in a session, where, and how far it reaches.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>How far trouble reaches: the question that decides whether another server, or another message, fares better.</summary>
public enum TroubleScope
{
    /// <summary>The server as a whole: every message for it. The next exchanger is tried, then everything waits.</summary>
    Site,

    /// <summary>This message, with all its recipients.</summary>
    Message,

    /// <summary>This message for this recipient.</summary>
    Recipient,
}

/// <summary>Where in the session.</summary>
public enum ClientStage
{
    /// <summary>Making the connection.</summary>
    Connect,

    /// <summary>The greeting.</summary>
    Banner,

    /// <summary>EHLO, or HELO after it.</summary>
    Hello,

    /// <summary>STARTTLS.</summary>
    StartTls,

    /// <summary>The TLS handshake.</summary>
    Handshake,

    /// <summary>EHLO under TLS.</summary>
    HelloAgain,

    /// <summary>AUTH.</summary>
    Login,

    /// <summary>RSET before another transaction.</summary>
    Reset,

    /// <summary>MAIL FROM.</summary>
    Mail,

    /// <summary>RCPT TO.</summary>
    Recipient,

    /// <summary>DATA.</summary>
    Data,

    /// <summary>The content.</summary>
    Content,

    /// <summary>The end of the content: the final dot, or the last BDAT.</summary>
    End,
}

/// <summary>What kind of trouble.</summary>
public enum TroubleCause
{
    /// <summary>The server said 4xx or 5xx.</summary>
    Refused,

    /// <summary>Nobody answers at this address.</summary>
    Unreachable,

    /// <summary>The address is one that we do not connect to.</summary>
    AddressRefused,

    /// <summary>The server closed the connection.</summary>
    Disconnected,

    /// <summary>The server took too long, or the session's time was up.</summary>
    TimedOut,

    /// <summary>The server broke the protocol.</summary>
    Malformed,

    /// <summary>TLS is demanded and not to be had.</summary>
    NoTls,

    /// <summary>The handshake failed, or the certificate is not good for the name.</summary>
    TlsFailed,

    /// <summary>No mechanism in common, or the server could not prove that it knows the password.</summary>
    NoLogin,

    /// <summary>This message cannot be sent to this server as it is.</summary>
    Unsendable,
}

/// <summary>One piece of trouble.</summary>
/// <param name="Scope">How far it reaches.</param>
/// <param name="Stage">Where it came up.</param>
/// <param name="Cause">What it is.</param>
/// <param name="Host">The server.</param>
/// <param name="Status">Its enhanced status; of class 4 if the scope is the site.</param>
/// <param name="Text">It in one line without control characters.</param>
/// <param name="Reply">The server's reply, if it was one.</param>
public sealed record ClientTrouble(
    TroubleScope Scope, ClientStage Stage, TroubleCause Cause, string Host, DeliveryStatus Status, string Text, RemoteReply? Reply)
{
    /// <summary>
    /// What it means for a recipient if nobody else can be asked. Trouble of a site is never final, whatever its code: it says nothing about the mail.
    /// </summary>
    public Outcome ToOutcome() => Status.Class == 5
        ? new Outcome.Failed(Status, Text, Host, Reply)
        : new Outcome.TryLater(Status, Text, Host, Reply);

    internal static ClientTrouble FromReply(TroubleScope scope, ClientStage stage, string host, RemoteReply reply)
    {
        // RFC 5321 3.8: 421 may come at any time and ends the session.
        if (reply.Code == 421)
            scope = TroubleScope.Site;
        var status = reply.Status ?? new DeliveryStatus(reply.Code / 100, 0, 0);
        if (scope == TroubleScope.Site)
            status = status with { Class = 4 };
        return new ClientTrouble(scope, stage, TroubleCause.Refused, host, status, reply.ToString(), reply);
    }

    internal static ClientTrouble OfSite(ClientStage stage, TroubleCause cause, string host, string? why = null) =>
        new(TroubleScope.Site, stage, cause, host, StatusOf(cause), why is null ? Describe(cause, stage) : $"{Describe(cause, stage)}: {why}", null);

    internal static ClientTrouble OfMessage(string host, DeliveryStatus status, ClientStage stage, string why) =>
        new(TroubleScope.Message, stage, TroubleCause.Unsendable, host, status, why, null);

    // RFC 3463 3.5 and 3.8
    private static DeliveryStatus StatusOf(TroubleCause cause) => cause switch
    {
        TroubleCause.Unreachable => new(4, 4, 1),
        TroubleCause.AddressRefused => new(4, 4, 4),
        TroubleCause.Disconnected or TroubleCause.TimedOut => new(4, 4, 2),
        TroubleCause.Malformed => new(4, 5, 0),
        TroubleCause.NoTls => new(4, 7, 4),
        TroubleCause.TlsFailed => new(4, 7, 5),
        TroubleCause.NoLogin => new(4, 7, 8),
        _ => new(4, 0, 0),
    };

    private static string Describe(TroubleCause cause, ClientStage stage) => cause switch
    {
        TroubleCause.Unreachable => "connection was not established",
        TroubleCause.AddressRefused => "connections to this address are not made",
        TroubleCause.Disconnected => $"connection was lost at {Name(stage)}",
        TroubleCause.TimedOut => $"time ran out at {Name(stage)}",
        TroubleCause.Malformed => $"reply out of protocol at {Name(stage)}",
        TroubleCause.NoTls => "TLS is demanded and not offered",
        TroubleCause.TlsFailed => "TLS handshake failed",
        TroubleCause.NoLogin => "login is not possible",
        _ => $"refused at {Name(stage)}",
    };

    private static string Name(ClientStage stage) => stage switch
    {
        ClientStage.Connect => "connecting",
        ClientStage.Banner => "the greeting",
        ClientStage.Hello or ClientStage.HelloAgain => "EHLO",
        ClientStage.StartTls => "STARTTLS",
        ClientStage.Handshake => "the TLS handshake",
        ClientStage.Login => "AUTH",
        ClientStage.Reset => "RSET",
        ClientStage.Mail => "MAIL",
        ClientStage.Recipient => "RCPT",
        ClientStage.Data => "DATA",
        ClientStage.Content => "sending the message",
        _ => "the end of the message",
    };
}
