// What a scripted mail server saw.
using System.Security.Cryptography;
using MailFunctions.Wire;

namespace MailFunctions.Rig.Peers;

/// <summary>One message that reached its end.</summary>
public sealed class PeerMessage
{
    /// <summary>The argument of MAIL.</summary>
    public required string Mail { get; init; }

    /// <summary>The arguments of the RCPTs that were taken.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The content, dots taken off; empty if the script does not keep it.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>Its octets.</summary>
    public required long Length { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Whether it was answered with 2xx.</summary>
    public bool WasTaken { get; internal set; }
}

/// <summary>One session.</summary>
public sealed class PeerSession
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<PeerMessage> _messages = [];

    /// <summary>The command lines received, in order.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The messages that reached their end.</summary>
    public IReadOnlyList<PeerMessage> Messages
    {
        get
        {
            lock (_gate)
                return [.. _messages];
        }
    }

    /// <summary>Whether the session is under TLS.</summary>
    public bool IsTls { get; internal set; }

    /// <summary>The name the client asked for in its handshake.</summary>
    public string? ServerName { get; internal set; }

    /// <summary>Whether the client has logged in.</summary>
    public bool IsLoggedIn { get; internal set; }

    /// <summary>Whether the client sent a command before the reply to the one before, though that was not offered.</summary>
    public bool SpokeEarly { get; internal set; }

    /// <summary>Content octets that came for a message that did not reach its end.</summary>
    public long UnfinishedOctets { get; internal set; }

    /// <summary>What was wrong with the content that came.</summary>
    public ContentDefects Defects { get; internal set; }

    /// <summary>Ends with the session.</summary>
    public Task Ended { get; internal set; } = Task.CompletedTask;

    internal void Add(string line)
    {
        lock (_gate)
            _lines.Add(line);
    }

    internal void Add(PeerMessage message)
    {
        lock (_gate)
            _messages.Add(message);
    }
}

/// <summary>Content as it comes in.</summary>
internal sealed class PeerContent(bool keeps) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _octets = new();

    public long Length { get; private set; }

    public void Add(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        _hash.AppendData(octets);
        if (keeps)
            _octets.Write(octets);
    }

    public PeerMessage ToMessage(string mail, IReadOnlyList<string> recipients) =>
        new() { Mail = mail, Recipients = recipients, Content = _octets.ToArray(), Length = Length, Hash = _hash.GetHashAndReset() };

    public void Dispose() => _hash.Dispose();
}
