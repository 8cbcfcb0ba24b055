// Undoes transfer encodings, octets in and octets out.
using System.Buffers;

namespace MailFunctions.Mime.Decoding;

/// <summary>
/// Decodes content in pieces cut anywhere, and keeps no more than a line of it. What breaks the rules is read as well as it can be, and told of by
/// <see cref="IsMalformed"/>.
/// </summary>
public abstract class TransferDecoder
{
    /// <summary>True once something was met that the encoding does not allow.</summary>
    public bool IsMalformed { get; protected set; }

    /// <summary>Makes the decoder of an encoding.</summary>
    public static TransferDecoder For(TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.Base64 => new Base64Decoder(),
        TransferEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        TransferEncoding.Uuencode => new UuDecoder(),
        _ => new IdentityDecoder(),
    };

    /// <summary>Decodes the next octets.</summary>
    public abstract void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output);

    /// <summary>Decodes what was waiting for more, which does not come.</summary>
    public virtual void End(IBufferWriter<byte> output)
    {
    }

    private sealed class IdentityDecoder : TransferDecoder
    {
        public override void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output) => output.Write(content);
    }
}
