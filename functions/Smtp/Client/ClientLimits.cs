// How long another server may take.
namespace MailFunctions.Smtp.Client;

/// <summary>
/// The waits of a session as a client (RFC 5321 4.5.3.2). Each is also cut short by what is left of the session's whole time, which the caller gives.
/// </summary>
public sealed record ClientLimits
{
    /// <summary>For the connection to be made.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting (RFC 5321 4.5.3.2.1).</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For a TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For the reply to MAIL, RCPT and every command that has no limit of its own (RFC 5321 4.5.3.2.2, 4.5.3.2.3).</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the 354 to DATA (RFC 5321 4.5.3.2.4).</summary>
    public TimeSpan DataStart { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the peer to take a block of content, and for its reply to a BDAT that is not the last (RFC 5321 4.5.3.2.5).</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the end of the message (RFC 5321 4.5.3.2.6).</summary>
    public TimeSpan End { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the reply to QUIT, and for the last words of a peer that has stopped reading. Nothing depends on either.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(2);
}
