// The function app with stores in memory, listening on a port of its own, and a client that sends octets as they are.
using System.Net.Sockets;
using System.Text;
using MailFunctions.App;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Functions;

/// <summary>The real web server and pipeline in this process.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApp(MemoryStores stores, LogRecorder log, WebApplication app, Task<int> exitCode) =>
        (Stores, Log, _app, ExitCode) = (stores, log, app, exitCode);

    public MemoryStores Stores { get; }

    public LogRecorder Log { get; }

    /// <summary>What the process would end with.</summary>
    public Task<int> ExitCode { get; }

    public static Task<RunningApp> StartAsync(params string[] settings) => StartAsync(null, settings);

    public static async Task<RunningApp> StartAsync(IDirectory? directory, params string[] settings)
    {
        var stores = new MemoryStores();
        var log = new LogRecorder();
        var app = FunctionApp.Build([$"--{AppOptions.PortKey}=0", "--Mail:Relay:Hold=true", .. settings], builder =>
        {
            var services = builder.Services;
            services.AddSingleton<ISpool>(stores.Spool);
            services.AddSingleton<ILedger>(stores.Ledger);
            services.AddSingleton<IMailboxStore>(stores.Mailboxes);
            services.AddSingleton<IDueIndex>(stores.Due);
            services.AddSingleton<IParked>(stores.Parked);
            services.AddSingleton<IWorkQueue>(stores.Queue);
            services.AddSingleton<IDestinations>(stores.Destinations);
            services.AddSingleton<IDkimKeys>(new MemoryDkimKeys());
            services.AddSingleton<IStsPolicies>(stores.StsPolicies);
            services.AddSingleton<IDirectory>(directory ?? new MemoryDirectory());
            services.AddSingleton<IStoreClock>(stores.Clock);
            services.AddSingleton<IRemovedAccounts>(stores.RemovedAccounts);
            services.AddSingleton<TimeProvider>(stores.Time);
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log);
        });
        var started = new TaskCompletionSource();
        app.Lifetime.ApplicationStarted.Register(started.SetResult);
        var exitCode = FunctionApp.RunAsync(app);
        await Task.WhenAny(started.Task, exitCode);
        return new RunningApp(stores, log, app, exitCode);
    }

    /// <summary>Stops it as something inside the program might, which nobody asked for.</summary>
    public void StopUnasked() => _app.Lifetime.StopApplication();

    /// <summary>Calls a function exactly as the Functions host does: chunked, with its headers and no others.</summary>
    public Task<RawReply> InvokeAsync(string function, string json, string version = "4.1037.0") =>
        SendAsync(
            $"POST /{function} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Azure-Functions-Host/{version}\r\n"
            + "Content-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
            + $"X-Azure-Functions-HostVersion: {version}\r\nX-Azure-Functions-InvocationId: 7c2c1f5e-3a0d-4f5e-9d6e-0b8f2a1c4d5e\r\n\r\n"
            + $"{Encoding.UTF8.GetByteCount(json):x}\r\n{json}\r\n0\r\n\r\n");

    /// <summary>Sends a request as it is and reads the reply to its end.</summary>
    public async Task<RawReply> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(_app.Urls.Single()).Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.Replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", StringComparison.Ordinal)));
        using var reply = new MemoryStream();
        await stream.CopyToAsync(reply);
        return RawReply.Parse(Encoding.UTF8.GetString(reply.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        StopUnasked();
        await ExitCode;
    }
}

/// <summary>A reply as it came over the wire.</summary>
internal sealed record RawReply(int Status, string Head, string Body)
{
    public string? ContentType => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Type: ", StringComparison.Ordinal))?["Content-Type: ".Length..];

    public static RawReply Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return new RawReply(int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text[..end], text[(end + 4)..]);
    }
}
