// What a scripted mail server does: which extensions it offers, and where it misbehaves.
using System.Security.Cryptography.X509Certificates;

namespace MailFunctions.Rig.Peers;

/// <summary>The stages of a session, as the server sees them.</summary>
public enum PeerStage
{
    Connect,
    Banner,
    Ehlo,
    Helo,
    StartTls,
    Handshake,
    EhloAgain,
    Auth,
    Reset,
    Mail,
    Rcpt,
    Data,

    /// <summary>In the middle of the content.</summary>
    Body,

    /// <summary>After a BDAT that is not the last.</summary>
    Chunk,

    /// <summary>After the final dot, or the last BDAT.</summary>
    End,
    Quit,
}

/// <summary>What the server does at a stage.</summary>
public abstract record PeerAct
{
    private PeerAct()
    {
    }

    /// <summary>Sends these octets, a character each. Lines need their CR LF.</summary>
    public sealed record Say(string Text) : PeerAct
    {
        /// <summary>What happens before the first octet leaves.</summary>
        public Func<Task>? Before { get; init; }

        /// <summary>What happens once the last one has left.</summary>
        public Func<Task>? After { get; init; }
    }

    /// <summary>Sends them and closes.</summary>
    public sealed record SayAndClose(string Text) : PeerAct;

    /// <summary>Closes.</summary>
    public sealed record Close : PeerAct;

    /// <summary>Neither reads nor writes any more.</summary>
    public sealed record Stall : PeerAct;

    /// <summary>Sends the octets one by one, each after a pause of the script's time.</summary>
    public sealed record Drip(string Text, TimeSpan Pause) : PeerAct;
}

/// <summary>One deviation.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Act">What.</param>
/// <param name="Number">At which time the stage is reached in a session, from 0; null for every time.</param>
public sealed record PeerRule(PeerStage Stage, PeerAct Act, int? Number = null);

/// <summary>A server's part. Without rules it takes everything.</summary>
public sealed record PeerScript
{
    /// <summary>What EHLO offers. STARTTLS and AUTH are added where certificate and login are given.</summary>
    public IReadOnlyList<string> Extensions { get; init; } =
        ["PIPELINING", "SIZE 104857600", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "ENHANCEDSTATUSCODES"];

    /// <summary>The deviations; the first that fits counts.</summary>
    public IReadOnlyList<PeerRule> Rules { get; init; } = [];

    /// <summary>The certificate; with it STARTTLS is offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether TLS begins with the first octet.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>Who may log in; with it AUTH is offered under TLS.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>The mechanisms that AUTH lists.</summary>
    public string Mechanisms { get; init; } = "PLAIN LOGIN SCRAM-SHA-256";

    /// <summary>Whether content is kept; if not, only its length and hash are.</summary>
    public bool KeepsContent { get; init; } = true;

    /// <summary>The clock of pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>This script with a deviation more.</summary>
    public PeerScript With(PeerStage stage, PeerAct act, int? number = null) => this with { Rules = [.. Rules, new PeerRule(stage, act, number)] };

    /// <summary>This script with other replies: every line gets its CR LF.</summary>
    public PeerScript Saying(PeerStage stage, string reply, int? number = null) =>
        With(stage, new PeerAct.Say(reply.ReplaceLineEndings("\r\n") + "\r\n"), number);

    /// <summary>This script without an extension.</summary>
    public PeerScript Without(string keyword) =>
        this with { Extensions = [.. Extensions.Where(extension => !extension.StartsWith(keyword, StringComparison.Ordinal))] };

    internal PeerAct? ActAt(PeerStage stage, int number) =>
        Rules.FirstOrDefault(rule => rule.Stage == stage && (rule.Number is null || rule.Number == number))?.Act;
}
