// What is parked, with its reasons, for the operator's eyes.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>Something that waits for an operator.</summary>
/// <param name="Name">The message's spool id, or a hash of the queue text that names none.</param>
/// <param name="Reason">Why it cannot be processed.</param>
/// <param name="At">When it was parked, UTC; null if the record cannot be read.</param>
/// <param name="Queue">The queue that an unreadable text came from, or null for a message.</param>
public sealed record ParkedRecord(string Name, string Reason, DateTimeOffset? At, string? Queue)
{
    /// <summary>The text that could not be read, as it came from the queue; null for a message.</summary>
    public ReadOnlyMemory<byte>? Text { get; init; }
}

/// <summary>Reads and removes what <see cref="IParked"/> only lists. All methods throw <see cref="StoreUnavailableException"/>.</summary>
public sealed class ParkedRecords
{
    private const int PageSize = 5000;

    private readonly StoreContainer _container;

    internal ParkedRecords(StoreContainer container) => _container = container;

    /// <summary>All that is parked, in order of name, one call each. A record that cannot be read is told as one whose reason says so.</summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    public async IAsyncEnumerable<ParkedRecord> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in _container.ListAsync("", BlobTraits.None, PageSize, cancellationToken))
        {
            if (await _container.ReadAsync(item.Name, known: null, cancellationToken) is BlobReading.Found found)
                yield return Read(item.Name, found.Content);
        }
    }

    /// <summary>The record of that name, or null if nothing of that name is parked.</summary>
    public async Task<ParkedRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        await _container.ReadAsync(name, known: null, cancellationToken) is BlobReading.Found found ? Read(name, found.Content) : null;

    /// <summary>Removes a record; what it is about is not parked any more.</summary>
    /// <returns>False if there was none.</returns>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) => _container.DeleteAsync(name, cancellationToken);

    private static ParkedRecord Read(string name, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, StorageJson.Default.ParkedJson) is { Reason: { } reason } json
                ? new ParkedRecord(name, reason, json.At, json.Queue) { Text = json.Text is { } text ? text.AsMemory() : default(ReadOnlyMemory<byte>?) }
                : new ParkedRecord(name, "the record says nothing", null, null);
        }
        catch (JsonException error)
        {
            return new ParkedRecord(name, $"the record cannot be read: {error.Message}", null, null);
        }
    }
}
