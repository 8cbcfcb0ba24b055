// Fetched MTA-STS policies in blobs.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// A policy is a JSON blob named after its domain; of several processes that fetch it at once the last one wins, and they have the same. One that cannot
/// be read is as if it were not there: it is fetched again.
/// </summary>
internal sealed class BlobStsPolicies(StoreContainer container) : IStsPolicies
{
    private const int CurrentVersion = 1;
    private const int PageSize = 5000;

    /// <inheritdoc/>
    public async IAsyncEnumerable<DomainName> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync("", BlobTraits.None, PageSize, cancellationToken))
        {
            if (BlobNames.TryParseStsPolicy(item.Name, out var domain))
                yield return domain;
            else
                container.SkipForeign();
        }
    }

    /// <inheritdoc/>
    public async Task<KeptStsPolicy?> FindAsync(DomainName domain, CancellationToken cancellationToken)
    {
        if (await container.ReadAsync(BlobNames.StsPolicy(domain), known: null, cancellationToken) is not BlobReading.Found found)
            return null;
        try
        {
            return RecordVersion.Read(found.Content) == CurrentVersion
                && JsonSerializer.Deserialize(found.Content, StorageJson.Default.StsPolicyJson) is { Id: { } id, Text: { } text } json
                ? new KeptStsPolicy(domain, id, text, json.FetchedAt)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task KeepAsync(KeptStsPolicy policy, CancellationToken cancellationToken) => container.OverwriteAsync(
        BlobNames.StsPolicy(policy.Domain),
        new BlobContent(JsonSerializer.SerializeToUtf8Bytes(
            new StsPolicyJson(CurrentVersion, policy.Domain.Text, policy.Id, policy.Text, policy.FetchedAt), StorageJson.Default.StsPolicyJson)),
        ContentTypes.Json, null, cancellationToken);
}

/// <summary>A fetched policy as JSON.</summary>
internal sealed record StsPolicyJson(int V, string? Domain, string? Id, string? Text, DateTimeOffset FetchedAt);
