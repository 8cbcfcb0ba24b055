// What the doctor asks of storage.
using System.Globalization;
using Azure;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Doctor;

/// <summary>
/// Looks at containers, queues, the clock and what waits. In each container a blob of its own name is written, read and deleted, which no program takes
/// for one of theirs; queues are only read, since a message there would be worked on.
/// </summary>
internal sealed class StorageChecks(MailStores stores, TimeProvider time)
{
    private const string BlobRole = "Storage Blob Data Contributor";
    private const string QueueRole = "Storage Queue Data Contributor";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan NoteworthySkew = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BadSkew = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NoteworthyAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BadAge = TimeSpan.FromMinutes(30);

    /// <summary>Runs all of them.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var container in StorageLayout.Containers)
            findings.Add(await ProbeAsync($"container {container}", BlobRole, token => TryBlobAsync(container, token), cancellationToken));
        foreach (var queue in StorageLayout.Queues)
        {
            var client = stores.Connection.Queues.GetQueueClient(queue);
            findings.Add(await ProbeAsync($"queue {queue}", QueueRole, token => client.GetPropertiesAsync(token), cancellationToken));
        }
        if (findings.All(finding => finding.State == "fail"))
            return findings; // what is to be read from there would fail in the same way
        findings.Add(await ClockAsync(cancellationToken));
        foreach (var queue in Enum.GetValues<WorkQueue>())
            findings.Add(await AgeAsync(queue, cancellationToken));
        findings.Add(await ParkedAsync(cancellationToken));
        return findings;
    }

    private async Task<Finding> ProbeAsync(string subject, string role, Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await probe(either.Token);
            return Finding.Ok(subject, "can be used");
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            return Finding.Fail(
                subject, $"storage refuses ({error.ErrorCode})", $"give yourself the role '{role}', and see that the account's network rules let you in");
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return Finding.Fail(subject, "is not there", "'mailctl domain add' makes what is missing");
        }
        catch (RequestFailedException error)
        {
            return Finding.Fail(subject, $"storage answers {error.Status} {error.ErrorCode}", "is the account's name right, and can it be reached from here?");
        }
        catch (Exception error) when (error is AggregateException or Azure.Identity.AuthenticationFailedException)
        {
            return Finding.Fail(subject, "nobody is logged in, or storage cannot be reached", "run 'az login', and see that --storage names the right account");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Fail(subject, "storage does not answer", "is the account's name right, and can it be reached from here?");
        }
    }

    private async Task TryBlobAsync(string container, CancellationToken cancellationToken)
    {
        var blob = stores.Connection.Blobs.GetBlobContainerClient(container).GetBlobClient($"_doctor {stores.NewNonce()}");
        await blob.UploadAsync(BinaryData.FromString("probe"), cancellationToken);
        try
        {
            await blob.DownloadContentAsync(cancellationToken);
        }
        finally
        {
            await blob.DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
        }
    }

    private async Task<Finding> ClockAsync(CancellationToken cancellationToken)
    {
        const string Subject = "clock";
        try
        {
            var before = time.GetUtcNow();
            var answer = await stores.Connection.Blobs.GetBlobContainerClient(BlobNames.DirectoryContainer).ExistsAsync(cancellationToken);
            if (answer.GetRawResponse().Headers.Date is not { } date)
                return Finding.Warn(Subject, "storage does not tell the time", "nothing to do");
            // The header has whole seconds, and the answer took its time.
            var skew = date > time.GetUtcNow() ? date - time.GetUtcNow() : before - date > TimeSpan.FromSeconds(1) ? before - date : TimeSpan.Zero;
            var text = string.Create(CultureInfo.InvariantCulture, $"{skew.TotalSeconds:0} s away from storage's");
            return skew >= BadSkew ? Finding.Fail(Subject, text, "set this machine's clock: certificates and logins depend on it")
                : skew >= NoteworthySkew ? Finding.Warn(Subject, text, "let this machine's clock be set by NTP")
                : Finding.Ok(Subject, text);
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException)
        {
            return Finding.Warn(Subject, "cannot be compared with storage's", "see the container 'directory'");
        }
    }

    private async Task<Finding> AgeAsync(WorkQueue queue, CancellationToken cancellationToken)
    {
        var subject = $"oldest in {BlobNames.Queue(queue)}";
        try
        {
            var (age, count) = (await stores.Queues.OldestAgeAsync(queue, cancellationToken), await stores.Queues.CountAsync(queue, cancellationToken));
            var text = string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0} s, of {count}");
            return age >= BadAge ? Finding.Fail(subject, text, "does the function app run? See its log")
                : age >= NoteworthyAge ? Finding.Warn(subject, text, "the function app is behind: see its log and its number of instances")
                : Finding.Ok(subject, text);
        }
        catch (StoreUnavailableException)
        {
            return Finding.Warn(subject, "cannot be read", $"see the queue '{BlobNames.Queue(queue)}'");
        }
    }

    private async Task<Finding> ParkedAsync(CancellationToken cancellationToken)
    {
        const string Subject = "parked";
        try
        {
            var count = await stores.ParkedRecords.ListAsync(cancellationToken).CountAsync(cancellationToken);
            return count == 0 ? Finding.Ok(Subject, "nothing") : Finding.Warn(Subject, $"{count} waiting for you", "'mailctl parked list' shows them");
        }
        catch (StoreUnavailableException)
        {
            return Finding.Warn(Subject, "cannot be read", "see the container 'parked'");
        }
    }
}
