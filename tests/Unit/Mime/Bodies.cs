// Keeps the decoded content of every part, and reads messages whole or in pieces.
using System.Buffers;
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Parts;

namespace MailFunctions.Unit.Mime;

/// <summary>Gathers decoded bodies.</summary>
internal sealed class Bodies : IPartContent
{
    private readonly Dictionary<MimePart, (PartDecoding Decoding, ArrayBufferWriter<byte> Octets)> _bodies = [];
    private readonly HashSet<MimePart> _ended = [];

    public byte[] this[MimePart part] => _bodies.TryGetValue(part, out var body) ? body.Octets.WrittenSpan.ToArray() : [];

    public int Ended => _ended.Count;

    public void Begin(MimePart part)
    {
        var octets = new ArrayBufferWriter<byte>();
        _bodies.Add(part, (new PartDecoding(part, octets), octets));
    }

    public void Pass(MimePart part, ReadOnlySpan<byte> content)
    {
        Assert.True(part.IsLeaf);
        _bodies[part].Decoding.Pass(content);
    }

    public void End(MimePart part)
    {
        Assert.True(_ended.Add(part));
        _bodies[part].Decoding.End();
    }

    public string TextOf(MimePart part)
    {
        var text = new TextDecoder(PartDecoding.CharsetOf(part), int.MaxValue);
        text.Pass(this[part]);
        return text.Finish();
    }

    /// <summary>Reads a message in pieces of a length.</summary>
    public static (MimeMessage Message, Bodies Bodies) Read(byte[] message, int piece = int.MaxValue) =>
        Read(message.Length <= piece ? [message] : message.Chunk(piece));

    /// <summary>Reads a message in these pieces.</summary>
    public static (MimeMessage Message, Bodies Bodies) Read(IEnumerable<byte[]> pieces)
    {
        var bodies = new Bodies();
        var reader = new MimeReader(bodies);
        foreach (var piece in pieces)
            reader.Pass(piece);
        var read = reader.Complete();
        Assert.Equal(read.Parts.Count, bodies.Ended);
        return (read, bodies);
    }

    /// <summary>Everything that a reading told, to compare readings.</summary>
    public static string Describe(MimeMessage message, Bodies bodies) => string.Join('\n', message.Parts.Select(part =>
        $"{part.Path} {part.ContentType.MediaType} {part.Encoding} {part.FileName} {part.Offset}-{part.BodyOffset}-{part.End} {part.Header.Count} [{part.Defects}] "
        + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bodies[part]))));
}
