// Where one process writes its entries of the trace.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Appends batches of lines to a blob of this process and hour. A batch whose answer was lost is recognised by its place, so that none is there twice.
/// </summary>
internal sealed class TraceBatch(StoreContainer container, string process)
{
    private const int MaxBlocks = 50_000; // of an append blob

    private string? _name;
    private long _position;
    private int _blocks;
    private int _broken;

    /// <summary>How many requests <see cref="AppendAsync"/> makes now if all goes well.</summary>
    public int RequestsAt(DateTimeOffset now) => NameAt(now) == _name ? 1 : 2;

    /// <summary>Appends lines.</summary>
    /// <exception cref="StoreUnavailableException">They are not kept; the next batch begins a blob of its own.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = NameAt(now);
        try
        {
            if (name != _name)
            {
                await container.CreateAppendableAsync(name, cancellationToken);
                (_name, _position, _blocks) = (name, 0, 0);
            }
            await container.AppendAsync(name, lines, _position, cancellationToken);
            _position += lines.Length;
            if (++_blocks == MaxBlocks)
                _broken++;
        }
        catch
        {
            _broken++; // how far it came is not known
            throw;
        }
    }

    private string NameAt(DateTimeOffset now) => BlobNames.Trace(now, _broken == 0 ? process : $"{process}-{_broken}");
}
