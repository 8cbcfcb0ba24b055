// The ledgers in blobs.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// A ledger is a JSON blob. Its metadata <c>next</c> tells when something is to be done, or <c>held</c>, so that a sweep sees from the list alone
/// what is overdue.
/// </summary>
internal sealed class BlobLedger(StoreContainer container) : ILedger
{
    private const string NextKey = "next";
    private const string Held = "held";

    /// <inheritdoc/>
    public Task<bool> CreateAsync(Ledger ledger, CancellationToken cancellationToken) =>
        container.CreateAsync(BlobNames.Ledger(ledger.Id), new BlobContent(LedgerJson.Write(ledger)), ContentTypes.Json, Metadata(ledger), cancellationToken);

    /// <inheritdoc/>
    public async Task<LedgerReading> ReadAsync(SpoolId id, CancellationToken cancellationToken) =>
        await container.ReadAsync(BlobNames.Ledger(id), known: null, cancellationToken) is BlobReading.Found found
            ? Interpret(found.Content, found.Tag.ToString(), id)
            : new LedgerReading.Missing();

    /// <inheritdoc/>
    public async Task<string?> UpdateAsync(Ledger ledger, string tag, CancellationToken cancellationToken) =>
        (await container.ReplaceAsync(
            BlobNames.Ledger(ledger.Id), new BlobContent(LedgerJson.Write(ledger)), ContentTypes.Json, Metadata(ledger), new ETag(tag), cancellationToken))
        ?.ToString();

    /// <inheritdoc/>
    public Task DeleteAsync(SpoolId id, CancellationToken cancellationToken) => container.DeleteAsync(BlobNames.Ledger(id), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<LedgerEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.ListAsync(prefix, BlobTraits.Metadata, BlobSpool.PageSize, cancellationToken))
        {
            if (BlobNames.TryParseId(item.Name, out var id))
                yield return new LedgerEntry(id, ReadNext(item), item.LastModified);
            else
                container.SkipForeign();
        }
    }

    /// <summary>What the content of a ledger's blob says, whatever it is.</summary>
    internal static LedgerReading Interpret(byte[] content, string tag, SpoolId id)
    {
        try
        {
            if (RecordVersion.Read(content) is not LedgerJson.CurrentVersion and var version)
                return new LedgerReading.UnknownVersion(version);
            var ledger = LedgerJson.Read(content);
            return ledger.Id == id
                ? new LedgerReading.Found(ledger, tag)
                : new LedgerReading.Damaged($"it is that of {ledger.Id}");
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return new LedgerReading.Damaged($"it cannot be read: {error.Message}");
        }
    }

    private static Dictionary<string, string> Metadata(Ledger ledger) => new()
    {
        [NextKey] = ledger.Next?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? Held,
    };

    // A ledger whose metadata tells nothing is taken for one that is due: a look too many is harmless.
    private static DateTimeOffset? ReadNext(ListedBlob item)
    {
        if (item.Find(NextKey) is not { } next)
            return DateTimeOffset.MinValue;
        if (next == Held)
            return null;
        return DateTimeOffset.TryParseExact(next, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.MinValue;
    }
}
