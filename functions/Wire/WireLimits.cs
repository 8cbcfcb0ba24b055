// How long and how much a peer may take.
namespace MailFunctions.Wire;

/// <summary>The limits of one session with a client.</summary>
public sealed record WireLimits
{
    /// <summary>The longest command line, its CR LF included. RFC 5321 4.5.3.1.4 asks for 512 and extensions add to it.</summary>
    public int CommandLine { get; init; } = 2_048;

    /// <summary>The longest line of a SASL exchange, its CR LF included (RFC 4954 4 asks for 12,288).</summary>
    public int SaslLine { get; init; } = 12_288;

    /// <summary>How long the peer may take for a command (RFC 5321 4.5.3.2.7).</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the peer may pause inside message content.</summary>
    public TimeSpan ContentPause { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long the peer may take to read what we send.</summary>
    public TimeSpan Write { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many errors end a session.</summary>
    public int Errors { get; init; } = 20;
}
