// The one call that brings a message of one block into the spool.
using Azure;
using Azure.Storage.Blobs.Models;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// A create-if-absent that storage left unanswered may still be under way when its repetition has brought the message to its end: it would find
/// nothing in its way and bring the message to life again. So a repeated try says in the blob's metadata that it was one, and the end of such a message
/// leaves a mark in its place. (The commit of a message in blocks needs no such thing: once it has taken effect there are no blocks left for another.)
/// Throws <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class SpoolPut(StoreContainer container, string name, BlobContent content)
{
    private const string RepeatedKey = "repeated";

    private static readonly Dictionary<string, string> Repeated = new() { [RepeatedKey] = "1" };

    private readonly string _writer = container.NewNonce();

    /// <summary>Whether metadata are those of a blob of which another try may be under way.</summary>
    public static bool IsRepeated(IDictionary<string, string> metadata) => metadata.ContainsKey(RepeatedKey);

    /// <summary>Makes the call.</summary>
    /// <returns>False if there is a blob that is not this call's own work.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var made = await container.Retry.RunAsync($"create {container.Path(name)}", TryAsync, cancellationToken);
        return made == Made.Ours
            || (made == Made.Nothing && await container.CreateOverBlocksAsync(name, content, ContentTypes.Spool, Repeated, cancellationToken));
    }

    private async Task<Made> TryAsync(StoreTry attempt)
    {
        try
        {
            await PutAsync(StoreContainer.IfAbsent, attempt);
            return Made.Ours;
        }
        catch (RequestFailedException error) when (error.IsConditionNotMet())
        {
            if (await container.FindAsync(name, attempt.Token) is not { } found)
                return Made.Nothing;
            if (found.Writer != _writer)
                return Made.Other;
            // The first try did it. One between that and this was not answered either.
            if (attempt.Number > 2 && !IsRepeated(found.Metadata))
                await MarkAsync(found.Tag, attempt);
            return Made.Ours;
        }
    }

    private async Task MarkAsync(ETag tag, StoreTry attempt)
    {
        try
        {
            await PutAsync(new() { IfMatch = tag }, attempt);
        }
        catch (RequestFailedException error) when (error.IsConditionNotMet() || error.IsBlobMissing())
        {
            // Another has the message already: it is committed, which is what matters here.
        }
    }

    private Task<ETag> PutAsync(BlobRequestConditions conditions, StoreTry attempt) => container.PutAsync(
        name, content, ContentTypes.Spool, StoreContainer.WithWriter(attempt.MayHaveTakenEffect ? Repeated : null, _writer), conditions, attempt.Token);

    private enum Made
    {
        Ours,
        Other,
        Nothing,
    }
}
