// Reads the trace: for the operator, and for reports.
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Storage;

/// <summary>Goes through all that was noted between two times. Entries come in the order of hour and process, not of time.</summary>
public sealed class BlobTraceReader : ITraceReader
{
    private const int PageSize = 5000;
    private const int MaxLine = 1024 * 1024;

    private readonly StoreContainer _container;

    internal BlobTraceReader(StoreContainer container) => _container = container;

    /// <summary>Reads entries.</summary>
    /// <param name="from">The first time, UTC.</param>
    /// <param name="to">The last time, UTC.</param>
    /// <param name="marks">Texts of which an entry has one, in the spelling that it is stored in; empty for all entries.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    public async IAsyncEnumerable<TraceEntry> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, IReadOnlyList<byte[]> marks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A batch that began within an hour may be written in the next.
        foreach (var hour in BlobNames.TraceHoursBetween(from, to + TimeSpan.FromMinutes(5)))
        {
            await foreach (var blob in _container.ListAsync(hour, BlobTraits.None, PageSize, cancellationToken))
            {
                await foreach (var entry in ReadBlobAsync(blob.Name, marks, cancellationToken))
                {
                    if (entry.Time >= from && entry.Time <= to)
                        yield return entry;
                }
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TraceEntry> ReadAsync(DateTimeOffset from, DateTimeOffset to, TraceKind kind, CancellationToken cancellationToken) =>
        ReadAsync(from, to, [TraceJson.MarkOf(kind)], cancellationToken).Where(entry => entry.Kind == kind);

    private async IAsyncEnumerable<TraceEntry> ReadBlobAsync(
        string name, IReadOnlyList<byte[]> marks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await _container.OpenAsync(name, cancellationToken) is not { } content)
            yield break;
        var reader = PipeReader.Create(content);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var left = result.Buffer;
                while (left.PositionOf((byte)'\n') is { } end)
                {
                    if (Match(left.Slice(0, end), marks) is { } entry)
                        yield return entry;
                    left = left.Slice(left.GetPosition(1, end));
                }
                if (result.IsCompleted)
                    yield break;
                // A line of ours is never so long: something else is there, and it is passed over.
                reader.AdvanceTo(left.Length > MaxLine ? left.End : left.Start, left.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static TraceEntry? Match(ReadOnlySequence<byte> line, IReadOnlyList<byte[]> marks)
    {
        var octets = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (marks.Count == 0)
            return TraceJson.Read(octets);
        foreach (var mark in marks)
        {
            if (octets.IndexOf(mark) >= 0)
                return TraceJson.Read(octets);
        }
        return null;
    }
}
