// One thing that happened to a message, for the person who asks where it is.
namespace MailFunctions.Mail.Traces;

/// <summary>An entry of the trace. What does not apply, or is not known, is null; nothing of a message's text is ever in it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Time">When, UTC, by the clock of the process that tells; the default for the moment of being noted.</param>
public sealed record TraceEntry(TraceKind Kind, DateTimeOffset Time = default)
{
    /// <summary>The most recipients that an entry names.</summary>
    public const int MaxRecipients = 100;

    /// <summary>The message.</summary>
    public SpoolId? Id { get; init; }

    /// <summary>The connection, as in the gateway's log.</summary>
    public string? Session { get; init; }

    /// <summary>The listener that it came through.</summary>
    public string? Listener { get; init; }

    /// <summary>The client's address.</summary>
    public string? Address { get; init; }

    /// <summary>The version of TLS, or null in clear.</summary>
    public string? Tls { get; init; }

    /// <summary>What the client called itself.</summary>
    public string? Helo { get; init; }

    /// <summary>Who had logged in.</summary>
    public string? Login { get; init; }

    /// <summary>The reverse-path; empty for the null one.</summary>
    public string? From { get; init; }

    /// <summary>Whom it concerns, at most <see cref="MaxRecipients"/> of them.</summary>
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>How large the message is, in octets.</summary>
    public long? Octets { get; init; }

    /// <summary>What was found out about its sender, as in Authentication-Results (RFC 8601).</summary>
    public string? Results { get; init; }

    /// <summary>The remote domain.</summary>
    public string? Destination { get; init; }

    /// <summary>The remote host.</summary>
    public string? Host { get; init; }

    /// <summary>Whether an attempt ended with success for those named.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>A reply: the peer's to us, or ours to the peer; or why something could not be done.</summary>
    public string? Reply { get; init; }

    /// <summary>When it is tried again.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The report that was made.</summary>
    public SpoolId? Report { get; init; }

    /// <summary>What was used.</summary>
    public StorageUse? Use { get; init; }

    /// <summary>How many entries were lost.</summary>
    public long? Count { get; init; }
}
