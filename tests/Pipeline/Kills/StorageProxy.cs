// Stands between a program and storage: counts its calls, and lets something happen before a call arrives or before its answer returns.
using System.Globalization;
using System.Net;
using Azure.Core;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
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

    private const string Marker = "/-marker";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Lock _gate = new();
    private readonly List<(int Number, string Name)> _calls = [];
    private readonly Uri[] _targets;
    private readonly List<WebApplication> _servers = [];
    private TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (Func<int, string, bool> When, FaultMoment Moment, Func<Task> Strike)? _plan;
    private int _seen;
    private int _underWay;
    private int _era;
    private bool _striking;

    private StorageProxy(string storage)
    {
        _targets = [Endpoint(storage, "BlobEndpoint"), Endpoint(storage, "QueueEndpoint")];
        ConnectionString = storage;
    }

    /// <summary>How to reach the storage account through this.</summary>
    public string ConnectionString { get; private set; }

    /// <summary>How far the time that storage tells is ahead of the time that it is.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>The calls since the last plan was made, by their names: those that storage answered, to somebody who was there to hear it.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls.Select(call => call.Name)];
        }
    }

    /// <summary>Whether the planned call has come.</summary>
    public bool HasStruck { get; private set; }

    /// <summary>
    /// Ends when what was planned has happened and no other call of that time is under way, at once if its call has not come: storage does not change
    /// any more by itself then.
    /// </summary>
    public Task SettleAsync() => HasStruck ? _struck.Task : Task.CompletedTask;

    public static async Task<StorageProxy> StartAsync(string storage)
    {
        var proxy = new StorageProxy(storage);
        for (var i = 0; i < proxy._targets.Length; i++)
        {
            var target = proxy._targets[i];
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Use(next => connection =>
            {
                connection.Items[nameof(_era)] = proxy.Era;
                return next(connection);
            })));
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
    /// back (a lost answer). Neither the call nor the answer goes on then, and no other call over a connection of that time or an older one arrives.
    /// </summary>
    /// <param name="when">Whether it is this call: its number from 1, and its name.</param>
    /// <param name="moment">Before or after.</param>
    /// <param name="strike">What happens.</param>
    public void Plan(Func<int, string, bool> when, FaultMoment moment, Func<Task> strike)
    {
        lock (_gate)
        {
            _calls.Clear();
            _seen = 0;
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

    private int Era
    {
        get
        {
            lock (_gate)
                return _era;
        }
    }

    private async Task ForwardAsync(HttpContext context, Uri target)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw == Marker)
            return;
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
        var name = NameOf(context.Request, address);
        if (!TryNote(context, name, out var number, out var strike))
        {
            context.Abort();
            return;
        }
        var isAnswered = false;
        try
        {
            isAnswered = await ForwardAsync(context, address, body.ToArray(), strike);
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
                if (!isAnswered)
                    _calls.Remove((number, name)); // its caller repeats it
            }
        }
        if (strike is not null)
            await EndStrikeAsync();
    }

    // True if storage answered, and the caller has it.
    private async Task<bool> ForwardAsync(HttpContext context, Uri address, byte[] body, (FaultMoment Moment, Func<Task> Strike)? strike)
    {
        if (strike is { Moment: FaultMoment.Before } before)
        {
            await StrikeAsync(context, before.Strike);
            return true;
        }
        using var request = Copy(context.Request, address, body);
        using var answer = await _client.SendAsync(request, CancellationToken.None);
        var content = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        if (strike is { } after)
        {
            await StrikeAsync(context, after.Strike);
            return true;
        }
        try
        {
            await AnswerAsync(context.Response, answer, content);
            return !context.RequestAborted.IsCancellationRequested && (int)answer.StatusCode < 500;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return false; // who called is gone
        }
    }

    // False for a call of those who were struck.
    private bool TryNote(HttpContext context, string name, out int number, out (FaultMoment Moment, Func<Task> Strike)? strike)
    {
        (number, strike) = (0, null);
        var era = (int)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[nameof(_era)]!;
        lock (_gate)
        {
            if (_striking || era < _era)
                return false;
            number = ++_seen;
            _underWay++;
            _calls.Add((number, name));
            if (_plan is var (when, moment, act) && when(number, name))
            {
                _plan = null;
                HasStruck = _striking = true;
                strike = (moment, act);
            }
            return true;
        }
    }

    private static async Task StrikeAsync(HttpContext context, Func<Task> strike)
    {
        await strike();
        context.Abort();
    }

    private async Task EndStrikeAsync()
    {
        // Connections are accepted in their order: behind one of ours there is none left of the time before.
        foreach (var server in _servers)
        {
            using var client = new HttpClient();
            using var reply = await client.GetAsync(new Uri(server.Urls.Single() + Marker));
        }
        lock (_gate)
        {
            _era++;
            _striking = false;
        }
        while (IsBusy)
            await Task.Delay(5);
        _struck.TrySetResult();
    }

    private bool IsBusy
    {
        get
        {
            lock (_gate)
                return _underWay > 0;
        }
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
