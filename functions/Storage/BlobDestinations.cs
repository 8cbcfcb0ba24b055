// The breakers of destinations that are down as a whole, in blobs.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// An open breaker is a JSON blob named after the destination. Its metadata tells the same, so that a list brings all there is to know; what closes a
/// breaker is its deletion.
/// </summary>
internal sealed class BlobDestinations(StoreContainer container) : IDestinations
{
    private const int CurrentVersion = 1;
    private const int PageSize = 5000;
    private const string UntilKey = "until";
    private const string FailuresKey = "failures";
    private const string ProbedKey = "probed";

    /// <inheritdoc/>
    public async IAsyncEnumerable<OpenBreaker> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync("", BlobTraits.Metadata, PageSize, cancellationToken))
        {
            if (BlobNames.TryParseDestination(item.Name, out var destination))
                yield return new OpenBreaker(destination, ReadUntil(item), ReadFailures(item), Print(item.Tag)) { IsProbed = item.Find(ProbedKey) is not null };
            else
                container.SkipForeign();
        }
    }

    /// <inheritdoc/>
    public Task<string?> OpenAsync(string destination, DateTimeOffset until, int failures, string? seen, CancellationToken cancellationToken) =>
        WriteAsync(new BreakerJson(CurrentVersion, destination, until, failures, Probed: null), seen, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ProbeAsync(OpenBreaker breaker, DateTimeOffset until, CancellationToken cancellationToken) =>
        WriteAsync(new BreakerJson(CurrentVersion, breaker.Destination, until, breaker.Failures, Probed: true), breaker.Tag, cancellationToken);

    /// <inheritdoc/>
    public Task CloseAsync(string destination, CancellationToken cancellationToken) =>
        container.DeleteAsync(BlobNames.Destination(destination), cancellationToken);

    private async Task<string?> WriteAsync(BreakerJson breaker, string? seen, CancellationToken cancellationToken)
    {
        var name = BlobNames.Destination(breaker.Destination);
        var content = new BlobContent(JsonSerializer.SerializeToUtf8Bytes(breaker, StorageJson.Default.BreakerJson));
        var metadata = new Dictionary<string, string>
        {
            [UntilKey] = breaker.Until.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            [FailuresKey] = breaker.Failures.ToString(CultureInfo.InvariantCulture),
        };
        if (breaker.Probed is true)
            metadata[ProbedKey] = "true";
        var tag = seen is null
            ? await container.CreateTaggedAsync(name, content, ContentTypes.Json, metadata, cancellationToken)
            : await container.ReplaceAsync(name, content, ContentTypes.Json, metadata, new ETag(seen), cancellationToken);
        return tag is { } state ? Print(state) : null;
    }

    // A breaker that tells nothing counts as one whose time is over: one worker probes, and closes it or writes it anew.
    private static DateTimeOffset ReadUntil(ListedBlob item) =>
        DateTimeOffset.TryParseExact(item.Find(UntilKey), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.MinValue;

    private static int ReadFailures(ListedBlob item) =>
        int.TryParse(item.Find(FailuresKey), NumberStyles.None, CultureInfo.InvariantCulture, out var failures) ? failures : 1;

    // A list brings tags without the quotes that the header of an answer has.
    private static string Print(ETag tag) => tag.ToString("H");
}

/// <summary>An open breaker as JSON; what is not probed says nothing of it.</summary>
internal sealed record BreakerJson(int V, string Destination, DateTimeOffset Until, int Failures, bool? Probed);
