// What DATA and BDAT have in common: content that comes from a connection up to an end.
namespace MailFunctions.Wire;

/// <summary>Message content being read from a connection. Always read it to its end, even if the message is going to be refused.</summary>
public interface IContentReader
{
    /// <summary>What was wrong with the content so far.</summary>
    ContentDefects Defects { get; }

    /// <summary>Reads the next octets of content into memory that is not empty.</summary>
    /// <returns>How many octets were read; 0 only at the end.</returns>
    /// <exception cref="EndOfStreamException">The peer closed the connection before the end.</exception>
    ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken);
}
