// The port that stands for the function app's public address.
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace MailFunctions.Local.Host;

/// <summary>A web server on 127.0.0.1 that passes the declared routes on to the worker. It outlives restarts of the host behind it.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpForwarder _forwarder;

    private HttpFront(WebApplication server, HttpForwarder forwarder)
    {
        _server = server;
        _forwarder = forwarder;
    }

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HttpFront> StartAsync(
        int port, HttpRoutes routes, HttpForwarder forwarder, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(logs);
        // The local run stops its parts in its own order; the framework's lifetime would stop this one at the first signal.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 210_000_000; // the platform's limit
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var server = builder.Build();
        server.Run(async context =>
        {
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (routes.Find(context.Request.Method, target, context.Request.Path) is null)
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            else
                await forwarder.ForwardAsync(context, target);
        });
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return new HttpFront(server, forwarder);
    }

    /// <summary>Closes the port and drops what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var atOnce = new CancellationTokenSource())
        {
            await atOnce.CancelAsync();
            await _server.StopAsync(atOnce.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _server.DisposeAsync();
        _forwarder.Dispose();
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
