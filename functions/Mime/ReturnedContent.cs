// The part of a message that goes back to its sender with a report.
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// A message, or its header, as it came: never altered by an octet, and bounded, so that it may be held in memory. Two things in a report's own
/// header depend on it (whether it needs 8BITMIME, and a boundary that does not occur in it), hence it is read before the report is written.
/// </summary>
public sealed class ReturnedContent
{
    /// <summary>Messages of more octets come back as their header only (Postfix: bounce_size_limit).</summary>
    public const int MaxWholeOctets = 50 * 1024;

    /// <summary>A header is cut behind the last line that ends within this.</summary>
    public const int MaxHeaderOctets = 256 * 1024;

    private ReturnedContent(ReadOnlyMemory<byte> octets, bool isWhole, string? messageId)
    {
        Octets = octets;
        IsWhole = isWhole;
        MessageId = messageId;
    }

    /// <summary>The octets.</summary>
    public ReadOnlyMemory<byte> Octets { get; }

    /// <summary>True for the whole message, false for its header without the empty line behind it.</summary>
    public bool IsWhole { get; }

    /// <summary>The message's id with its angle brackets, or null if it has none that could be repeated in another header.</summary>
    public string? MessageId { get; }

    /// <summary>True if an octet is above 127, so that the report needs 8BITMIME (RFC 6152).</summary>
    public bool IsEightBit => Octets.Span.ContainsAnyInRange((byte)0x80, (byte)0xff);

    /// <summary>Reads what goes back.</summary>
    /// <param name="read">Reads the message from its first octet on, lines ending in CR LF; 0 at the end.</param>
    /// <param name="length">The message's octets.</param>
    /// <param name="kind">What the report says: the whole message comes back with failures only (RFC 3461 4.3).</param>
    /// <param name="request">What the sender asked for; the whole message where he did not.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<ReturnedContent> ReadAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, long length, ReportKind kind, ReturnRequest? request,
        CancellationToken cancellationToken)
    {
        var isWhole = kind == ReportKind.Failed && request != ReturnRequest.Headers && length <= MaxWholeOctets;
        var limit = (int)Math.Min(length, isWhole ? MaxWholeOctets : MaxHeaderOctets);
        var buffer = new byte[Math.Min(limit, 4096)];
        var filled = 0;
        var scan = new HeaderScan();
        while (filled < limit && (isWhole || !scan.Ended))
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, Math.Min(2 * buffer.Length, limit));
            var count = await read(buffer.AsMemory(filled), cancellationToken);
            if (count == 0)
                break;
            scan.Pass(buffer.AsSpan(filled, count));
            filled += count;
        }
        var header = buffer.AsMemory(0, scan.Ended ? EndOfFields(buffer, (int)scan.Octets) : EndOfLines(buffer.AsSpan(0, filled)));
        return new ReturnedContent(isWhole ? buffer.AsMemory(0, filled) : header, isWhole, MessageIdField.Find(header.Span));
    }

    // The header's octets with the empty line, less that line.
    private static int EndOfFields(ReadOnlySpan<byte> buffer, int octets) => octets - (octets >= 2 && buffer[octets - 2] == '\r' ? 2 : 1);

    private static int EndOfLines(ReadOnlySpan<byte> octets) => octets.LastIndexOf((byte)'\n') + 1;
}
