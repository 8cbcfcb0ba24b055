// One of the two services that are compared: does operations through the SDK and tells their results in words.
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;

namespace MailFunctions.Simulation.Store;

/// <summary>
/// Results are told so that those of two services compare: tags by the order in which they first appeared, messages by the order in which they were put.
/// </summary>
internal sealed class StoreSide
{
    private readonly BlobServiceClient _blobs;
    private readonly QueueServiceClient _queues;
    private readonly List<string> _tags = [];
    private readonly Dictionary<string, string> _latest = [];
    private readonly List<string> _messages = [];
    private readonly List<string?> _receipts = [];
    private readonly string[] _leases = [.. Enumerable.Range(1, 4).Select(number => $"00000000-0000-4000-8000-00000000000{number}")];

    public StoreSide(string connection, HttpPipelineTransport? transport)
    {
        var (blobs, queues) = (new BlobClientOptions(), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        foreach (var options in (ClientOptions[])[blobs, queues])
        {
            options.Retry.MaxRetries = 0;
            options.Diagnostics.IsDistributedTracingEnabled = false;
            if (transport is not null)
                options.Transport = transport;
        }
        _blobs = new BlobServiceClient(connection, blobs);
        _queues = new QueueServiceClient(connection, queues);
    }

    /// <summary>Makes the container and the queue.</summary>
    public async Task PrepareAsync()
    {
        await _blobs.GetBlobContainerClient("box").CreateAsync();
        await _queues.GetQueueClient("work").CreateAsync();
    }

    /// <summary>Does an operation and tells its result: the status, the error code, and what was answered.</summary>
    public async Task<string> RunAsync(RandomOperation operation)
    {
        try
        {
            return operation.Kind >= OperationKind.PutMessage ? await RunOnQueueAsync(operation) : await RunOnBlobAsync(operation);
        }
        catch (RequestFailedException error)
        {
            return $"{error.Status} {error.ErrorCode}";
        }
    }

    private async Task<string> RunOnBlobAsync(RandomOperation operation)
    {
        var container = _blobs.GetBlobContainerClient(operation.IsElsewhere ? "nowhere" : "box");
        var blob = container.GetBlockBlobClient(operation.Blob);
        var lease = blob.GetBlobLeaseClient(_leases[operation.Number]);
        var conditions = Conditions(operation);
        switch (operation.Kind)
        {
            case OperationKind.PutBlob:
                var put = await blob.UploadAsync(Body(operation), new BlobUploadOptions { Conditions = conditions, Metadata = Metadata(operation) });
                return $"{put.GetRawResponse().Status} {Tag(operation.Blob, put.Value.ETag)}";
            case OperationKind.PutBlock:
                return $"{(await blob.StageBlockAsync(BlockId(operation.Number), Body(operation))).GetRawResponse().Status}";
            case OperationKind.PutBlockList:
                var commit = await blob.CommitBlockListAsync(
                    Enumerable.Range(0, operation.Number).Select(BlockId),
                    new CommitBlockListOptions { Conditions = conditions, Metadata = Metadata(operation) });
                return $"{commit.GetRawResponse().Status} {Tag(operation.Blob, commit.Value.ETag)}";
            case OperationKind.GetBlob:
                var got = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions });
                if (got.GetRawResponse().Status == 304)
                    return "304";
                var content = await new StreamReader(got.Value.Content).ReadToEndAsync();
                return $"200 {content} {Tag(operation.Blob, got.Value.Details.ETag)} {got.Value.Details.ContentLength} {Print(got.Value.Details.Metadata)} "
                    + $"{got.Value.Details.LeaseState} {got.Value.Details.LeaseStatus} {got.Value.Details.ContentType}";
            case OperationKind.GetProperties:
                var read = (await blob.GetPropertiesAsync(conditions)).Value;
                return $"200 {Tag(operation.Blob, read.ETag)} {read.ContentLength} {Print(read.Metadata)} {read.LeaseState} {read.LeaseStatus} {read.BlobType}";
            case OperationKind.DeleteBlob:
                return $"{(await blob.DeleteAsync(conditions: conditions)).Status}";
            case OperationKind.ListBlobs:
                return await ListAsync(container, operation);
            case OperationKind.AcquireLease:
                var duration = TimeSpan.FromSeconds(operation.Condition == OperationCondition.IfAbsent ? -1 : 60);
                return $"{(await lease.AcquireAsync(duration)).GetRawResponse().Status}";
            case OperationKind.RenewLease:
                return $"{(await lease.RenewAsync()).GetRawResponse().Status}";
            case OperationKind.ReleaseLease:
                return $"{(await lease.ReleaseAsync()).GetRawResponse().Status}";
            default:
                return $"{(await lease.BreakAsync(operation.Number == 3 ? null : TimeSpan.FromSeconds(operation.Number * 30))).GetRawResponse().Status}";
        }
    }

    private async Task<string> ListAsync(BlobContainerClient container, RandomOperation operation)
    {
        var text = new StringBuilder("200");
        var traits = operation.Condition == OperationCondition.None ? BlobTraits.None : BlobTraits.Metadata;
        await foreach (var page in container.GetBlobsAsync(traits, prefix: operation.Number == 0 ? "b/" : null).AsPages(null, operation.Number + 1))
        {
            text.Append(" |");
            foreach (var item in page.Values)
            {
                text.Append(CultureInfo.InvariantCulture, $" {item.Name} {item.Properties.ContentLength} {Tag(item.Name, item.Properties.ETag!.Value)}")
                    .Append(CultureInfo.InvariantCulture, $" {Print(item.Metadata)} {item.Properties.LeaseState}");
            }
        }
        return text.ToString();
    }

    private async Task<string> RunOnQueueAsync(RandomOperation operation)
    {
        var queue = _queues.GetQueueClient(operation.IsElsewhere ? "nowhere" : "work");
        var index = _messages.Count == 0 ? -1 : _messages.Count - 1 - Math.Min(operation.Number * 2, _messages.Count - 1);
        var (id, receipt) = index < 0 ? ("00000000-0000-4000-8000-ffffffffffff", "bm9uZQ==") : (_messages[index], _receipts[index]);
        if (operation.Condition == OperationCondition.IfMatchOld)
            receipt = "b2xk";
        switch (operation.Kind)
        {
            case OperationKind.PutMessage:
                var put = await queue.SendMessageAsync(
                    Convert.ToBase64String(Encoding.ASCII.GetBytes(operation.Content)), TimeSpan.FromSeconds(operation.Number == 3 ? 3_600 : 0),
                    operation.Condition == OperationCondition.IfAbsent ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(-1));
                _messages.Add(put.Value.MessageId);
                _receipts.Add(put.Value.PopReceipt);
                await Task.Delay(2); // what becomes visible in one and the same millisecond has no order
                return $"{put.GetRawResponse().Status}";
            case OperationKind.GetMessages:
                var got = (await queue.ReceiveMessagesAsync(operation.Number + 1, TimeSpan.FromHours(1))).Value;
                foreach (var message in got)
                    _receipts[_messages.IndexOf(message.MessageId)] = message.PopReceipt;
                return $"200 {string.Join(' ', got.Select(message => $"{_messages.IndexOf(message.MessageId)}={message.Body} {message.DequeueCount}"))}";
            case OperationKind.PeekMessages:
                var peeked = (await queue.PeekMessagesAsync(operation.Number + 1)).Value;
                return $"200 {string.Join(' ', peeked.Select(message => $"{_messages.IndexOf(message.MessageId)}={message.Body} {message.DequeueCount}"))}";
            case OperationKind.DeleteMessage:
                return $"{(await queue.DeleteMessageAsync(id, receipt)).Status}";
            case OperationKind.UpdateMessage:
                var updated = await queue.UpdateMessageAsync(id, receipt, visibilityTimeout: TimeSpan.FromSeconds(operation.Content.Length % 2 * 3_600));
                _receipts[index] = updated.Value.PopReceipt;
                await Task.Delay(2);
                return $"{updated.GetRawResponse().Status}";
            case OperationKind.CountMessages:
                return $"200 {(await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount}";
            case OperationKind.CreateContainer:
                return $"{(await _blobs.GetBlobContainerClient("box").CreateAsync()).GetRawResponse().Status}";
            default:
                return $"{(await _queues.GetQueueClient("work").CreateAsync()).Status}";
        }
    }

    private BlobRequestConditions? Conditions(RandomOperation operation) => operation.Condition switch
    {
        OperationCondition.None => null,
        OperationCondition.IfAbsent => operation.Kind is OperationKind.PutBlob or OperationKind.PutBlockList ? new() { IfNoneMatch = ETag.All } : null,
        OperationCondition.IfMatchLatest => _latest.TryGetValue(operation.Blob, out var tag) ? new() { IfMatch = new ETag(tag) } : null,
        OperationCondition.IfMatchOld => new() { IfMatch = new ETag("0xABC") },
        _ => _latest.TryGetValue(operation.Blob, out var latest) ? new() { IfNoneMatch = new ETag(latest) } : null,
    };

    private string Tag(string blob, ETag tag)
    {
        var text = tag.ToString();
        _latest[blob] = text;
        if (!_tags.Contains(text))
            _tags.Add(text);
        return $"#{_tags.IndexOf(text)}";
    }

    private static Dictionary<string, string>? Metadata(RandomOperation operation) =>
        operation.Number == 0 ? null : new() { ["next"] = $"{operation.Number}", ["writer"] = operation.Blob.Replace('/', '-') };

    private static string Print(IDictionary<string, string>? metadata) => string.Join(
        ',', (metadata ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private static MemoryStream Body(RandomOperation operation) => new(Encoding.ASCII.GetBytes(operation.Content));

    private static string BlockId(int place) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"block{place:x8}"));
}
