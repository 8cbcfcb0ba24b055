// The web port: what it passes on, how, and what never gets through.
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class HttpRoutesTests
{
    [Theory]
    [InlineData("GET", "/web/health")]
    [InlineData("GET", "/web/health?a=%2F..&b=/RouteMessage")]
    [InlineData("HEAD", "/web/health")]
    [InlineData("GET", "/web/pages/a/b%20c")]
    [InlineData("POST", "/web/pages/")]
    [InlineData("GET", "/web/pages")]
    [InlineData("GET", "/WEB/health")]
    public async Task A_declared_route_reaches_the_worker_under_the_target_as_sent(string method, string target)
    {
        await using var rig = await Rig.StartAsync();

        Assert.Equal(200, await rig.StatusOfAsync(method, target));
        var call = Assert.Single(rig.Worker.Calls);
        Assert.Equal((method, target), (call.Method, call.Target));
    }

    [Theory]
    [InlineData("POST", "/web/health")]
    [InlineData("OPTIONS", "/web/health")]
    [InlineData("HEAD", "/web/pages/a")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/web")]
    [InlineData("GET", "/web/other")]
    [InlineData("POST", "/RouteMessage")]
    [InlineData("POST", "/routemessage")]
    [InlineData("POST", "/SweepSpool")]
    [InlineData("POST", "/RouteMessage/")]
    [InlineData("POST", "/./RouteMessage")]
    [InlineData("POST", "/web/pages/../../RouteMessage")]
    [InlineData("POST", "/web/pages/..%2f..%2fRouteMessage")]
    [InlineData("POST", "/web/pages/%2e%2e/%2e%2e/RouteMessage")]
    [InlineData("POST", "/web/pages/%2E./.%2e/RouteMessage")]
    [InlineData("POST", "/web/pages/%252e%252e/%252e%252e/RouteMessage")]
    [InlineData("POST", "/web/pages%2f..%2f..%2fRouteMessage")]
    [InlineData("POST", "/web/pages\\..\\..\\RouteMessage")]
    [InlineData("POST", "/web/pages/..\\..\\RouteMessage")]
    [InlineData("POST", "/web/pages/..%5c..%5cRouteMessage")]
    [InlineData("POST", "/web/pages/..;/..;/RouteMessage/../../../../RouteMessage")]
    [InlineData("POST", "//RouteMessage")]
    [InlineData("POST", "/web/pages//../../RouteMessage")]
    [InlineData("POST", "//127.0.0.1/RouteMessage")]
    [InlineData("POST", "http://127.0.0.1/RouteMessage")]
    [InlineData("POST", "http://127.0.0.1/web/pages/../../RouteMessage")]
    [InlineData("POST", "http://127.0.0.1/web/pages/a")]
    [InlineData("POST", "/admin/functions/RouteMessage")]
    [InlineData("POST", "/runtime/webhooks/queue?functionName=RouteMessage")]
    [InlineData("POST", "/api/RouteMessage")]
    [InlineData("POST", "/%52outeMessage")]
    [InlineData("POST", "/web/pages/%00")]
    [InlineData("OPTIONS", "*")]
    public async Task Nothing_else_reaches_the_worker(string method, string target)
    {
        await using var rig = await Rig.StartAsync();

        Assert.InRange(await rig.StatusOfAsync(method, target), 400, 404);
        Assert.Empty(rig.Worker.Calls);
    }

    [Theory]
    [InlineData("{*path}")]
    [InlineData("{name}")]
    [InlineData("RouteMessage")]
    [InlineData("routemessage/{x?}")]
    [InlineData("admin/x")]
    [InlineData("Runtime")]
    public void A_route_that_would_open_a_trigger_or_belongs_to_the_host_is_refused(string route) =>
        Assert.Throws<InvalidDataException>(() => new HttpRoutes(App(route)));

    [Fact]
    public async Task Headers_pass_but_for_those_of_the_connection_and_the_hosts_own()
    {
        await using var rig = await Rig.StartAsync((context, _) =>
        {
            context.Response.Headers["X-Answer"] = "yes";
            context.Response.Headers["X-Hop"] = "no";
            context.Response.Headers.Connection = "X-Hop";
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/RouteMessage";
            return Task.CompletedTask;
        });

        var answer = await rig.SendAsync(
            "GET /web/health HTTP/1.0\r\nHost: public.test\r\nX-Mine: a\r\nX-Hop: b\r\nConnection: X-Hop\r\nTE: trailers\r\n"
            + "X-Forwarded-For: 10.9.8.7\r\nX-Azure-Functions-InvocationId: forged\r\nCookie: c=d\r\n\r\n");

        var call = Assert.Single(rig.Worker.Calls);
        Assert.Equal("a", call.Headers["X-Mine"].ToString());
        Assert.Equal("c=d", call.Headers.Cookie.ToString());
        Assert.False(call.Headers.ContainsKey("X-Hop"));
        Assert.False(call.Headers.ContainsKey("TE"));
        Assert.Equal("127.0.0.1", call.Headers["X-Forwarded-For"].ToString());
        Assert.Equal("public.test", call.Headers["X-Forwarded-Host"].ToString());
        Assert.Equal("http", call.Headers["X-Forwarded-Proto"].ToString());
        Assert.NotEqual("forged", call.Headers["X-Azure-Functions-InvocationId"].ToString());
        Assert.StartsWith("HTTP/1.1 302 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Answer: yes\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nLocation: /RouteMessage\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Hop: no", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_stream_both_ways()
    {
        var first = new TaskCompletionSource();
        await using var rig = await Rig.StartAsync(async (context, call) =>
        {
            await context.Response.WriteAsync($"got {call.Body.Length};");
            await context.Response.Body.FlushAsync();
            await first.Task;
            await context.Response.WriteAsync("end");
        });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{rig.Port}/web/pages/x"))
        {
            Content = new StreamContent(new MemoryStream(new byte[300_000])),
        };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        var read = await body.ReadAsync(buffer);
        Assert.Equal("got 300000;", Encoding.ASCII.GetString(buffer, 0, read)); // while the worker still writes
        first.SetResult();
        using var rest = new StreamReader(body);
        Assert.Equal("end", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_a_worker_that_answers_the_answer_is_502()
    {
        await using var rig = await Rig.StartAsync(workers: new HostRig.WorkerAt(HostRig.ClosedPort()));

        Assert.Equal(502, await rig.StatusOfAsync("GET", "/web/health"));
    }

    private static FunctionApp App(params string[] routes) => new(
        "", new HostSettings { RoutePrefix = "", Handler = new HandlerCommand("x", "", []) },
        [
            HostRig.OnQueue("", "accepted"), HostRig.OnTimer("0 * * * * *"),
            .. routes.Select((route, i) => new FunctionDefinition($"Web{i}", "req", new FunctionTrigger.Http(route, route == "web/health" ? ["GET", "HEAD"] : ["GET", "POST"]))),
        ]);

    private sealed class Rig(ScriptedWorker worker, HttpFront front, int port) : IAsyncDisposable
    {
        public ScriptedWorker Worker => worker;

        public int Port => port;

        public static async Task<Rig> StartAsync(Func<HttpContext, WorkerCall, Task>? answer = null, IWorkers? workers = null)
        {
            var worker = await ScriptedWorker.StartAsync(answer ?? ((context, _) => ScriptedWorker.SucceedAsync(context)));
            var port = AzuriteServer.FreePorts(1);
            var front = await HttpFront.StartAsync(
                port, new HttpRoutes(App("web/health", "web/pages/{*path}")),
                new HttpForwarder(workers ?? worker, Guid.NewGuid, TimeProvider.System, NullLogger.Instance), NullLoggerFactory.Instance,
                CancellationToken.None);
            return new Rig(worker, front, port);
        }

        // By a bare socket: every client library would tidy these targets up.
        public async Task<string> SendAsync(string request)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }

        public async Task<int> StatusOfAsync(string method, string target)
        {
            var answer = await SendAsync($"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return int.Parse(answer.AsSpan(9, 3));
        }

        public async ValueTask DisposeAsync()
        {
            await front.DisposeAsync();
            await worker.DisposeAsync();
        }
    }
}
