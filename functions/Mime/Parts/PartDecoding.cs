// The content of one part on its way out of its transfer encoding.
using System.Buffers;
using MailFunctions.Mime.Decoding;

namespace MailFunctions.Mime.Parts;

/// <summary>Decodes the content of a part as it passes, and counts what comes out.</summary>
/// <param name="part">The part; whether its content broke the rules is noted there at the end.</param>
/// <param name="output">Where the decoded octets go.</param>
public sealed class PartDecoding(MimePart part, IBufferWriter<byte> output)
{
    private readonly TransferDecoder _decoder = TransferDecoder.For(part.Encoding);

    /// <summary>Decodes the next octets of the content.</summary>
    public void Pass(ReadOnlySpan<byte> content) => _decoder.Pass(content, output);

    /// <summary>Ends the content.</summary>
    public void End()
    {
        _decoder.End(output);
        if (_decoder.IsMalformed)
            part.Defects |= Defects.MalformedEncoding;
    }

    /// <summary>The encoding of a part's text; UTF-8, and a defect of the part, where it names none that is known.</summary>
    public static System.Text.Encoding CharsetOf(MimePart part)
    {
        if (part.ContentType.Parameters["charset"] is not { Length: > 0 } name)
            return Charset.Default;
        if (Charset.Find(name) is { } charset)
            return charset;
        part.Defects |= Defects.UnknownCharset;
        return Charset.Default;
    }
}
