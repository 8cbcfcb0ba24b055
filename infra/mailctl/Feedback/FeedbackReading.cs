// Finds reports in files and messages.
using System.Buffers;
using MailFunctions.Mime.Parts;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>A report of either kind; one of the two is there.</summary>
/// <param name="Source">The file or message that it was in.</param>
/// <param name="Dmarc">A DMARC aggregate report.</param>
/// <param name="Tls">A TLS report.</param>
internal sealed record FoundFeedback(string Source, DmarcFeedback? Dmarc, TlsFeedback? Tls);

/// <summary>Reads files and messages. What is read of one is bounded, whatever it says of itself.</summary>
internal static class FeedbackReading
{
    private const int MaxAttachments = 16;

    /// <summary>The reports in a stream; of one that is too long, none.</summary>
    public static async Task<IReadOnlyList<FoundFeedback>> ReadAsync(string source, Stream content, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var block = new byte[64 * 1024];
        while (await content.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            if (whole.Length + count > Unpacking.MaxLength)
                return [];
            whole.Write(block, 0, count);
        }
        return Read(source, whole.ToArray()).Found;
    }

    /// <summary>The report in a file: itself, packed, or in a message.</summary>
    /// <returns>The reports, or in words why there is none.</returns>
    public static (IReadOnlyList<FoundFeedback> Found, string? Trouble) Read(string source, byte[] octets)
    {
        if (IsDocument(octets))
            return ReadDocument(source, octets) is { } report ? ([report], null) : ([], Unpacking.Unpack(octets).Trouble ?? "it is no report that can be read");
        var attachments = new Attachments();
        MimeReader.Read(new ReadOnlySequence<byte>(octets), attachments);
        var found = attachments.All.Select(one => ReadDocument(source, one)).OfType<FoundFeedback>().ToList();
        return (found, found.Count > 0 ? null : "there is no report in it");
    }

    // What begins so is never a message.
    private static bool IsDocument(ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith<byte>([0xef, 0xbb, 0xbf]))
            octets = octets[3..];
        octets = octets.TrimStart(" \t\r\n"u8);
        return octets.StartsWith<byte>([0x1f, 0x8b]) || octets.StartsWith("PK\u0003\u0004"u8) || octets.StartsWith("<"u8) || octets.StartsWith("{"u8);
    }

    private static FoundFeedback? ReadDocument(string source, byte[] packed)
    {
        if (Unpacking.Unpack(packed).Document is not { } document || !IsDocument(document))
            return null;
        if (DmarcFeedback.TryRead(document) is { } dmarc)
            return new FoundFeedback(source, dmarc, null);
        return TlsFeedback.TryRead(document) is { } tls ? new FoundFeedback(source, null, tls) : null;
    }

    /// <summary>Keeps the decoded content of the parts in which a report may be.</summary>
    private sealed class Attachments : IPartContent
    {
        private readonly List<byte[]> _all = [];
        private ArrayBufferWriter<byte>? _room;
        private PartDecoding? _decoding;

        public IReadOnlyList<byte[]> All => _all;

        public void Begin(MimePart part)
        {
            var isText = part.ContentType.MediaType is "text/plain" or "text/html";
            _room = isText || _all.Count == MaxAttachments ? null : new ArrayBufferWriter<byte>();
            _decoding = _room is null ? null : new PartDecoding(part, _room);
        }

        public void Pass(MimePart part, ReadOnlySpan<byte> content) => _decoding?.Pass(content);

        public void End(MimePart part)
        {
            _decoding?.End();
            if (_room is { WrittenCount: > 0 })
                _all.Add(_room.WrittenSpan.ToArray());
            (_room, _decoding) = (null, null);
        }
    }
}
