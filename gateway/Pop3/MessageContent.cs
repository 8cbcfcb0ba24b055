// A message on its way to the client: one small buffer, whatever the message's size.
using System.Buffers;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Pop3;

/// <summary>What storage gave is not the message that the listing promised.</summary>
internal sealed class MessageBrokenException(string message) : IOException(message);

/// <summary>
/// A message opened for reading, its first piece at hand: from here on the client may be told +OK. The pieces are those of the whole message, or of
/// its top.
/// </summary>
internal sealed class MessageContent : IAsyncDisposable
{
    private const int BufferSize = 16_384;

    private readonly Stream _stream;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private TopCutter? _top;
    private long _missing;

    private MessageContent(Stream stream, MailboxEntry entry, TopCutter? top)
    {
        _stream = stream;
        _top = top;
        _missing = entry.Length;
        Uid = entry.Uid;
        IsWhole = top is null;
    }

    /// <summary>The message's name.</summary>
    public SpoolId Uid { get; }

    /// <summary>True if it is not only the top that is read.</summary>
    public bool IsWhole { get; }

    /// <summary>The octets at hand; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Piece { get; private set; }

    /// <summary>Opens a message and reads its first piece.</summary>
    /// <returns>Null if the message is gone.</returns>
    /// <exception cref="IOException">Storage is in trouble, or the message is not what the listing promised.</exception>
    public static async Task<MessageContent?> OpenAsync(
        IMailboxStore mailboxes, EmailAddress account, MailboxEntry entry, TopCutter? top, CancellationToken cancellationToken)
    {
        if (await mailboxes.OpenAsync(account, entry.Uid, cancellationToken) is not { } stream)
            return null;
        var content = new MessageContent(stream, entry, top);
        try
        {
            await content.ReadNextAsync(cancellationToken);
            return content;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the next piece. The end is reached only if exactly as many octets came as the listing promised.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="IOException">Storage is in trouble, or the message is not what the listing promised: the client must not see an end.</exception>
    public async ValueTask<bool> ReadNextAsync(CancellationToken cancellationToken)
    {
        if (_top is { Ended: true })
            return false;
        var count = await _stream.ReadAsync(_buffer.AsMemory(0, BufferSize), cancellationToken);
        if (count == 0 && _missing == 0)
            return false;
        _missing -= count;
        if (count == 0 || _missing < 0)
            throw new MessageBrokenException($"The message has {(count == 0 ? "fewer" : "more")} octets than its listing.");
        Piece = _buffer.AsMemory(0, Cut(_buffer.AsSpan(0, count)));
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private int Cut(ReadOnlySpan<byte> piece)
    {
        if (_top is not { } top)
            return piece.Length;
        var taken = top.Take(piece);
        _top = top;
        return taken;
    }
}
