// How long and how much a peer may take.
namespace MailFunctions.Wire;

/// <summary>The limits of one session with a client.</summary>
public sealed record WireLimits
{
    /// <summary>The longest command line, its CR LF included. RFC 5321 4.5.3.1.4 asks for 512 and extensions add to it.</summary>
    public int CommandLine { get; init; } = 2_048;

    /// <summary>The longest line of a SASL exchange, its CR LF included (RFC 4954 4 asks for 12,288).</summary>
    public int SaslLine { get; init; } = 12_288;

    /// <summary>How long the peer may be silent before a command (RFC 5321 4.5.3.2.7).</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a command may take from its first octet to its last, however many octets come meanwhile.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the session of a peer that has not logged in may last; looked at between commands, never inside a message.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How fast message content must come, measured over <see cref="RateWindow"/>.</summary>
    public int MinBytesPerSecond { get; init; } = 500;

    /// <summary>How much waiting for content is looked at together.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the peer may take to read what we send.</summary>
    public TimeSpan Write { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a proxy may take to say for whom it speaks.</summary>
    public TimeSpan ProxyHeader { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a message on its way may still take when the server stops.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many errors end a session.</summary>
    public int Errors { get; init; } = 20;

    /// <summary>How many errors cost no time.</summary>
    public int ErrorsBeforePause { get; init; } = 10;

    /// <summary>How long the peer waits after each further error.</summary>
    public TimeSpan ErrorPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many commands that bring no mail nearer may come before and between messages; before the login in POP3.</summary>
    public int CommandsWithoutMail { get; init; } = 100;
}
