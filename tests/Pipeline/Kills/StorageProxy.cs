// Stands between a program and storage: counts its calls, and lets something happen before a call arrives or before its answer returns.
using System.Globalization;
using Azure.Core;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Kills;

/// <summary>An HTTP server that forwards to Azurite octet by octet. The time that the answers tell can be moved ahead, so that no test waits.</summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Date", "Content-Length", "Expect",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private readonly Uri[] _targets;
    private readonly List<WebApplication> _servers = [];
    private TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (Func<int, string, bool> When, FaultMoment Moment, Func<Task> Strike)? _plan;

    private StorageProxy(string storage)
    {
        _targets = [Endpoint(storage, "BlobEndpoint"), Endpoint(storage, "QueueEndpoint")];
        ConnectionString = storage;
    }

    /// <summary>How to reach the storage account through this.</summary>
    public string ConnectionString { get; private set; }

    /// <summary>How far the time that storage tells is ahead of the time that it is.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>The calls since the last plan was made, by their names.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>Whether the planned call has come.</summary>
    public bool HasStruck { get; private set; }

    /// <summary>Ends when what was planned has happened, at once if its call has not come.</summary>
    public Task SettleAsync() => HasStruck ? _struck.Task : Task.CompletedTask;

    public static async Task<StorageProxy> StartAsync(string storage)
    {
        var proxy = new StorageProxy(storage);
        for (var i = 0; i < proxy._targets.Length; i++)
        {
            var target = proxy._targets[i];
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = builder.Build();
            proxy._servers.Add(server);
            server.Run(context => proxy.ForwardAsync(context, target));
            await server.StartAsync();
            proxy.ConnectionString = proxy.ConnectionString.Replace(
                target.GetLeftPart(UriPartial.Authority), server.Urls.Single(), StringComparison.Ordinal);
        }
        return proxy;
    }

    /// <summary>
    /// Forgets the calls so far and plans that something happens once: before a call is forwarded (a lost request), or before its answer is given
    /// back (a lost answer). Neither the call nor the answer goes on then.
    /// </summary>
    /// <param name="when">Whether it is this call: its number from 1, and its name.</param>
    /// <param name="moment">Before or after.</param>
    /// <param name="strike">What happens.</param>
    public void Plan(Func<int, string, bool> when, FaultMoment moment, Func<Task> strike)
    {
        lock (_gate)
        {
            _calls.Clear();
            _plan = (when, moment, strike);
            HasStruck = false;
            _struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Forgets the calls so far and lets all others through.</summary>
    public void Clear() => Plan((_, _) => false, FaultMoment.Before, () => Task.CompletedTask);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _client.Dispose();
    }

    private static Uri Endpoint(string storage, string key) =>
        new(storage.Split(';').Single(part => part.StartsWith(key + '=', StringComparison.Ordinal))[(key.Length + 1)..]);

    private async Task ForwardAsync(HttpContext context, Uri target)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var address = new Uri(target.GetLeftPart(UriPartial.Authority) + raw, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or BadHttpRequestException)
        {
            return; // who called is gone
        }
        var strike = Note(context.Request, address);
        if (strike is { Moment: FaultMoment.Before } before)
        {
            await StrikeAsync(context, before.Strike);
            return;
        }
        using var request = Copy(context.Request, address, body.ToArray());
        using var answer = await _client.SendAsync(request, CancellationToken.None);
        var content = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        if (strike is { } after)
        {
            await StrikeAsync(context, after.Strike);
            return;
        }
        try
        {
            await AnswerAsync(context.Response, answer, content);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // who called is gone
        }
    }

    private (FaultMoment Moment, Func<Task> Strike)? Note(HttpRequest request, Uri address)
    {
        var name = NameOf(request, address);
        lock (_gate)
        {
            _calls.Add(name);
            if (_plan is not var (when, moment, strike) || !when(_calls.Count, name))
                return null;
            _plan = null;
            HasStruck = true;
            return (moment, strike);
        }
    }

    private async Task StrikeAsync(HttpContext context, Func<Task> strike)
    {
        await strike();
        context.Abort();
        _struck.TrySetResult();
    }

    private static string NameOf(HttpRequest request, Uri address)
    {
        var action = request.Headers["x-ms-lease-action"].ToString();
        return StorageCalls.NameOf(new RequestMethod(request.Method), address, action);
    }

    private static HttpRequestMessage Copy(HttpRequest from, Uri address, byte[] body)
    {
        var to = new HttpRequestMessage(new HttpMethod(from.Method), address) { Content = new ByteArrayContent(body) };
        foreach (var (name, values) in from.Headers)
        {
            if (OfTheConnection.Contains(name) && name != "Date")
                continue;
            if (!to.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                to.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        if (from.ContentLength is null && body.Length == 0)
            to.Content = null;
        return to;
    }

    private async Task AnswerAsync(HttpResponse to, HttpResponseMessage from, byte[] content)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
                to.Headers[name] = values.ToArray();
        }
        to.Headers.Date = ((from.Headers.Date ?? DateTimeOffset.UtcNow) + Ahead).ToString("R", CultureInfo.InvariantCulture);
        if (to.StatusCode is 204 or 304)
            return;
        to.ContentLength = from.RequestMessage!.Method == HttpMethod.Head ? from.Content.Headers.ContentLength : content.Length;
        if (from.RequestMessage.Method != HttpMethod.Head && content.Length > 0)
            await to.Body.WriteAsync(content);
    }
}
