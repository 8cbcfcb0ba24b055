// The storage account of the benchmark: blobs and queues in memory, in a process of their own, spoken to over HTTP.
using System.Globalization;
using System.Net;
using MailFunctions.Simulation.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MailFunctions.Bench.Peers;

/// <summary>
/// The simulator's blobs with their conditions and leases, append blobs that only know their length, and queues. Signatures are not checked. Beside the
/// two services it answers <c>GET /left</c> with how many messages are in spool, ledgers and queues, <c>/held</c> with how many wait for an operator,
/// <c>/forget</c>, which empties the mailboxes, <c>/mend</c>, which ends the faults, and <c>/faults</c>, which tells of them.
/// </summary>
internal sealed class StorageStub(StubFaults faults)
{
    /// <summary>The word on the command line that makes this program the stub.</summary>
    public const string Word = "storage-stub";

    private const string Account = "/bench/";
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly Lock _blobs = new();
    private readonly Lock _queues = new();
    private readonly SimBlobs _blobService = new(TimeProvider.System, Dialect.Azure);
    private readonly StubQueues _queueService = new(TimeProvider.System);
    private readonly Dictionary<string, long> _appended = [];

    /// <summary>How clients reach the account of a stub. The key opens nothing.</summary>
    public static string ConnectionString(int port) => string.Create(CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName=bench;AccountKey=c2lt;"
            + $"BlobEndpoint=http://127.0.0.1:{port}/bench;QueueEndpoint=http://127.0.0.1:{port + 1}/bench;");

    /// <summary>Serves blobs at a port and queues at the next, until the process is told to stop.</summary>
    /// <param name="port">The port of the blobs.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(int port, StubFaults faults, CancellationToken stopping)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Listen(IPAddress.Loopback, port + 1);
        });
        await using var app = builder.Build();
        var stub = new StorageStub(faults);
        app.Run(context => stub.AnswerAsync(context, context.Connection.LocalPort != port));
        await app.StartAsync(stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AnswerAsync(HttpContext context, bool isQueue)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith(Account, StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(Control(target));
            return;
        }
        var request = await ReadAsync(context.Request, target, isQueue);
        var fault = faults.Next(request);
        if (fault == StubFault.Silence)
            await Task.Delay(faults.SilenceLength);
        var answer = (StubFaults.IsBefore(fault) ? null : Answer(request)) ?? StubFaults.Answer(fault);
        if (fault == StubFault.LostAnswer)
        {
            context.Abort();
            return;
        }
        if (fault == StubFault.ErrorAfter)
            answer = StubFaults.Answer(fault);
        answer.With("x-ms-version", "2023-08-03").With("x-ms-request-id", "stub");
        context.Response.StatusCode = answer.Status;
        var isHead = HttpMethods.IsHead(context.Request.Method);
        var hasBody = answer.Status is not (204 or 304) && !(isHead && answer.Status >= 400); // a type without a body would be parsed
        foreach (var (name, value) in answer.Headers)
        {
            if (hasBody || name is not ("Content-Length" or "Content-Type"))
                context.Response.Headers[name] = value;
        }
        if (hasBody && !isHead)
            await context.Response.Body.WriteAsync(answer.Body);
    }

    private SimAnswer Answer(SimRequest request)
    {
        if (request.IsQueue)
        {
            lock (_queues)
                return _queueService.Handle(request);
        }
        lock (_blobs)
        {
            try
            {
                return request.Component == "appendblock" || request.Header("x-ms-blob-type") == "AppendBlob" ? Append(request) : _blobService.Handle(request);
            }
            catch (SimRefusal refusal)
            {
                return refusal.Answer;
            }
        }
    }

    private SimAnswer Append(SimRequest request)
    {
        var there = _appended.TryGetValue(request.Target, out var length);
        if (request.Component != "appendblock")
        {
            if (!_appended.TryAdd(request.Target, 0))
                return SimAnswer.Refuse(409, "BlobAlreadyExists");
            return new SimAnswer(201).With("ETag", "\"0x1\"").With("Last-Modified", SimAnswer.Print(TimeProvider.System.GetUtcNow()));
        }
        if (!there)
            return SimAnswer.Refuse(404, "BlobNotFound");
        if (request.Header("x-ms-blob-condition-appendpos") is { } place && place != length.ToString(CultureInfo.InvariantCulture))
            return SimAnswer.Refuse(412, "AppendPositionConditionNotMet");
        _appended[request.Target] = length + request.Body.Length;
        return new SimAnswer(201).With("ETag", "\"0x1\"").With("Last-Modified", SimAnswer.Print(TimeProvider.System.GetUtcNow()))
            .With("x-ms-blob-append-offset", length.ToString(CultureInfo.InvariantCulture)).With("x-ms-blob-committed-block-count", "1");
    }

    private string Control(string target) => target switch
    {
        "/left" => Count(["spool", "ledger"], ["accepted", "relay"]),
        "/held" => Count(["parked"], ["accepted-poison", "relay-poison"]),
        "/forget" => Forget(),
        "/mend" => faults.Mend(),
        _ => faults.Tell(target.Split('/')[^1]),
    };

    private string Count(string[] containers, string[] queues)
    {
        int blobs, messages;
        lock (_blobs)
            blobs = containers.Sum(container => _blobService.In(container).Count(pair => pair.Blob.Content is { Length: > 0 })); // an empty one is the mark of what has ended
        lock (_queues)
            messages = queues.Sum(_queueService.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{blobs + messages}");
    }

    private string Forget()
    {
        lock (_blobs)
        {
            foreach (var name in _blobService.In("mailboxes").Select(blob => blob.Name).ToList())
                _blobService.Handle(new SimRequest("", "DELETE", IsQueue: false, ["mailboxes", name], Nothing, Nothing, []));
        }
        GC.Collect();
        return "";
    }

    private static async Task<SimRequest> ReadAsync(HttpRequest request, string target, bool isQueue)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = (question < 0 ? target : target[..question]).Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        var headers = new Dictionary<string, string>(request.Headers.Count);
        foreach (var (name, value) in request.Headers)
            headers[name.ToLowerInvariant()] = value.ToString();
        byte[] body;
        if (request.ContentLength is { } length)
        {
            body = GC.AllocateUninitializedArray<byte>((int)length);
            await request.Body.ReadExactlyAsync(body, request.HttpContext.RequestAborted);
        }
        else
        {
            using var whole = new MemoryStream();
            await request.Body.CopyToAsync(whole, request.HttpContext.RequestAborted);
            body = whole.ToArray();
        }
        var query = SimRequest.ReadQuery(question < 0 ? "" : target[question..]);
        return new SimRequest("", request.Method, isQueue, [.. path.Skip(1).Select(Uri.UnescapeDataString)], query, headers, body);
    }
}
