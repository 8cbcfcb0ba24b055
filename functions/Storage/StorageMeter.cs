// Counts what is asked of the storage service, in the classes by which it is paid for.
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Storage;

/// <summary>Counts every request that is sent, those that fail included: the service counts them too.</summary>
public sealed class StorageMeter
{
    private long _writes, _lists, _reads, _others, _deletions, _queueCalls, _octetsUp, _octetsDown;

    /// <summary>What has been used since the start of the process.</summary>
    public StorageUse Total => new(
        Interlocked.Read(ref _writes), Interlocked.Read(ref _lists), Interlocked.Read(ref _reads), Interlocked.Read(ref _others),
        Interlocked.Read(ref _deletions), Interlocked.Read(ref _queueCalls), Interlocked.Read(ref _octetsUp), Interlocked.Read(ref _octetsDown));

    /// <summary>A policy for the clients of blobs, or of queues.</summary>
    internal HttpPipelinePolicy For(bool queues) => new Policy(this, queues);

    /// <summary>Whether a request asks for a list of blobs.</summary>
    internal static bool IsList(Request request) => request.Uri.Query.Contains("comp=list", StringComparison.Ordinal);

    private void Count(Request request, bool queues)
    {
        if (queues)
            Interlocked.Increment(ref _queueCalls);
        else
            Interlocked.Increment(ref ClassOf(request));
        if (request.Content?.TryComputeLength(out var length) == true)
            Interlocked.Add(ref _octetsUp, length);
    }

    private void CountAnswer(Response response)
    {
        if (response.Headers.ContentLength is { } length)
            Interlocked.Add(ref _octetsDown, length);
    }

    // Classes as in the price list of block blobs: lists and creations of containers are one class, all that neither reads, writes nor deletes another.
    private ref long ClassOf(Request request)
    {
        var query = request.Uri.Query;
        if (IsList(request) || (request.Method == RequestMethod.Put && query.Contains("restype=container", StringComparison.Ordinal)))
            return ref _lists;
        if (request.Method == RequestMethod.Delete)
            return ref _deletions;
        if (request.Method == RequestMethod.Get)
            return ref _reads;
        if (request.Method == RequestMethod.Put && !query.Contains("comp=lease", StringComparison.Ordinal))
            return ref _writes;
        return ref _others;
    }

    private sealed class Policy(StorageMeter meter, bool queues) : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            meter.Count(message.Request, queues);
            await ProcessNextAsync(message, pipeline);
            meter.CountAnswer(message.Response);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            meter.Count(message.Request, queues);
            ProcessNext(message, pipeline);
            meter.CountAnswer(message.Response);
        }
    }
}
