// A message that comes by BDAT, between its first chunk and its last.
using MailFunctions.Smtp;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The reception of a message in chunks (RFC 3030), and the transaction to which it belongs: with that it ends.</summary>
internal sealed class ChunkedReception(MailTransaction transaction, Reception reception, ChunkReader content) : IAsyncDisposable
{
    // Each chunk is a command and a reply: a client that sends a message octet by octet wants something else than to send a message.
    private const int MaxChunks = 10_000;

    private int _chunks;

    /// <summary>The transaction.</summary>
    public MailTransaction Transaction { get; } = transaction;

    /// <summary>The message so far.</summary>
    public Reception Reception { get; } = reception;

    /// <summary>Its content, chunk by chunk.</summary>
    public ChunkReader Content { get; } = content;

    /// <summary>Begins a chunk, which may be one too many, or make the message too big.</summary>
    public void Begin(long octets, long maxMessageBytes)
    {
        Content.Begin(octets);
        if (++_chunks > MaxChunks)
            Reception.Refusal ??= Replies.TooManyChunks;
        else if (octets > maxMessageBytes - Reception.Octets)
            Reception.Refusal ??= Replies.MessageTooBig;
    }

    /// <summary>The last chunk has been read.</summary>
    public void Finish()
    {
        Content.Finish();
        if (Content.Defects != ContentDefects.None)
            Reception.Refusal ??= Replies.BadContent;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Reception.DisposeAsync();
}
