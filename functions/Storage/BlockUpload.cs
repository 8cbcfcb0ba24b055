// A blob sent in blocks and made visible by one commit.
using Azure;
using Azure.Storage.Blobs.Models;

namespace MailFunctions.Storage;

/// <summary>
/// Blocks are numbered by their place in the blob and may be staged in any order. Their ids carry the writer's nonce, so that two writers of one name
/// cannot mix; what is not committed is never seen and vanishes within a week.
/// </summary>
internal sealed class BlockUpload(StoreContainer container, string name, string writer)
{
    /// <summary>Stages the block that is to stand at <paramref name="place"/>. One Put Block.</summary>
    public Task StageAsync(int place, BlobContent content, CancellationToken cancellationToken) =>
        container.Retry.RunAsync($"stage a block of {container.Path(name)}", async attempt =>
        {
            using var stream = content.ToStream();
            await container.Blob(name).StageBlockAsync(BlockId(place), stream, cancellationToken: attempt.Token);
        }, cancellationToken);

    /// <summary>Makes the blocks 0 to <paramref name="count"/> - 1 the blob, unless there is one. One Put Block List.</summary>
    /// <returns>False if there is one that is not this upload.</returns>
    public Task<bool> CommitAsync(
        int count, BlobHttpHeaders type, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var options = new CommitBlockListOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = type,
            Metadata = StoreContainer.WithWriter(metadata, writer),
        };
        var places = Enumerable.Range(0, count).Select(BlockId).ToArray();
        return container.Retry.RunAsync($"commit {container.Path(name)}", async attempt =>
        {
            try
            {
                await container.Blob(name).CommitBlockListAsync(places, options, attempt.Token);
                return true;
            }
            catch (RequestFailedException error) when (error.IsConditionNotMet())
            {
                return attempt.MayHaveTakenEffect && (await container.FindAsync(name, attempt.Token))?.Writer == writer;
            }
            catch (RequestFailedException error) when (error.IsBlockListInvalid())
            {
                // A commit, our own or another writer's, drops all staged blocks of the name. Without a blob there is no such commit: it is trouble.
                if (await container.FindAsync(name, attempt.Token) is not { } found)
                    throw;
                return found.Writer == writer;
            }
        }, cancellationToken);
    }

    // All ids of a blob must have one length: 32 characters of the nonce and 8 of the place make 56 of base64.
    private string BlockId(int place) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{writer}{place:x8}"));
}
