// Whoever wants to see the content of parts while a message is read.
namespace MailFunctions.Mime.Parts;

/// <summary>Is told of the parts of a message as they pass by. Parts with parts of their own have no content.</summary>
public interface IPartContent
{
    /// <summary>A part's header was read.</summary>
    void Begin(MimePart part);

    /// <summary>The next octets of a part without parts, encoded as they stand in the message; never those of a boundary.</summary>
    void Pass(MimePart part, ReadOnlySpan<byte> content);

    /// <summary>The part is over: its length and defects are known.</summary>
    void End(MimePart part);
}
