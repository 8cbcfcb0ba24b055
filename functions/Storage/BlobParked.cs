// What waits for an operator, in blobs.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>One JSON blob for each thing parked, written once: the first reason is the one that tells most.</summary>
internal sealed class BlobParked(StoreContainer container, IStoreClock clock) : IParked
{
    private const int CurrentVersion = 1;
    private const int PageSize = 5000;

    /// <inheritdoc/>
    public Task ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken) =>
        CreateAsync(BlobNames.Parked(id), new ParkedJson(CurrentVersion, reason, clock.UtcNow, null, null), cancellationToken);

    /// <inheritdoc/>
    public Task ParkTextAsync(WorkQueue queue, ReadOnlyMemory<byte> text, string reason, CancellationToken cancellationToken) =>
        CreateAsync(
            BlobNames.Parked(queue, text.Span), new ParkedJson(CurrentVersion, reason, clock.UtcNow, BlobNames.Queue(queue), text.ToArray()), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync("", BlobTraits.None, PageSize, cancellationToken))
            yield return item.Name;
    }

    private Task<bool> CreateAsync(string name, ParkedJson parked, CancellationToken cancellationToken) => container.CreateAsync(
        name, new BlobContent(JsonSerializer.SerializeToUtf8Bytes(parked, StorageJson.Default.ParkedJson)), ContentTypes.Json, null, cancellationToken);
}

/// <summary>What is parked, as JSON; the text of a queue message in base64.</summary>
internal sealed record ParkedJson(int V, string Reason, DateTimeOffset At, string? Queue, byte[]? Text);
