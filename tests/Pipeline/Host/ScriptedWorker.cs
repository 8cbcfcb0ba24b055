// A worker inside the test: a real HTTP server whose answers the test decides.
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using MailFunctions.Local.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace MailFunctions.Pipeline.Host;

/// <summary>A call that the worker got: the target as sent, and the body.</summary>
internal sealed record WorkerCall(string Method, string Target, IHeaderDictionary Headers, string Body)
{
    /// <summary>The content of the queue message in a body of a binary trigger named msg.</summary>
    public string Message => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
        JsonDocument.Parse(Body).RootElement.GetProperty("Data").GetProperty("msg").GetString()!));

    /// <summary>A metadata value.</summary>
    public string? Metadata(string name) => JsonDocument.Parse(Body).RootElement.GetProperty("Metadata").GetProperty(name).GetString();
}

/// <summary>A worker that answers <c>{}</c> unless told otherwise, and keeps what it was called with.</summary>
internal sealed class ScriptedWorker : IWorkers, IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerLife _life;

    private ScriptedWorker(WebApplication server, Func<HttpContext, WorkerCall, Task> answer)
    {
        _server = server;
        _life = new WorkerLife(new Uri("http://127.0.0.1:1/"), _died.Task);
        server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var call = new WorkerCall(
                context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), await reader.ReadToEndAsync());
            Calls.Enqueue(call);
            await answer(context, call);
        });
    }

    /// <summary>What it was called with, in order.</summary>
    public ConcurrentQueue<WorkerCall> Calls { get; } = new();

    /// <summary>How often the host replaced it.</summary>
    public int Replaced { get; private set; }

    /// <summary>Starts a worker that succeeds always.</summary>
    public static Task<ScriptedWorker> StartAsync() => StartAsync((context, _) => SucceedAsync(context));

    /// <summary>Starts a worker that answers as told.</summary>
    public static async Task<ScriptedWorker> StartAsync(Func<HttpContext, WorkerCall, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var worker = new ScriptedWorker(builder.Build(), answer);
        await worker._server.StartAsync();
        var address = worker._server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.GetRequiredFeature<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>().Addresses.Single();
        worker._life = new WorkerLife(new Uri(address), worker._died.Task);
        return worker;
    }

    /// <summary>The answer to a successful invocation.</summary>
    public static async Task SucceedAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("{}");
    }

    /// <summary>The answer to a failed one.</summary>
    public static Task FailAsync(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken) => Task.FromResult(_life);

    /// <inheritdoc/>
    public void Replace(WorkerLife life)
    {
        Replaced++;
        Die();
    }

    /// <summary>Makes it known as dead.</summary>
    public void Die() => _died.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Die();
        await _server.StopAsync(new CancellationToken(true));
        await _server.DisposeAsync();
    }
}
