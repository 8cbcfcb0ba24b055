// Nobody but the Functions host starts a function: requests as they would arrive when forwarded from an HTTP route.
namespace MailFunctions.Pipeline.Functions;

public sealed class TriggerGuardTests : IAsyncLifetime
{
    private const string Body = """{"Data":{"msg":"rubbish!"},"Metadata":{}}"""; // parked, if it reached the pipeline

    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await RunningApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("/web/../RouteMessage")]
    [InlineData("/web/./../RouteMessage")]
    [InlineData("/web/health/../../RouteMessage")]
    [InlineData("/web/%2e%2e/RouteMessage")]
    [InlineData("/web/%2E%2e/RouteMessage")]
    [InlineData("/web/.%2e/RouteMessage")]
    [InlineData("/web/..%2fRouteMessage")]
    [InlineData("/web/..%2FRouteMessage")]
    [InlineData("/web/%2e%2e%2fRouteMessage")]
    [InlineData("/web/%252e%252e/RouteMessage")]
    [InlineData("/web/..%5cRouteMessage")]
    [InlineData("/web/..\\RouteMessage")]
    [InlineData("//RouteMessage")]
    [InlineData("///RouteMessage")]
    [InlineData("/./RouteMessage")]
    [InlineData("/../RouteMessage")]
    [InlineData("/%2e/RouteMessage")]
    [InlineData("/RouteMessage/")]
    [InlineData("/RouteMessage/.")]
    [InlineData("/RouteMessage?")]
    [InlineData("/RouteMessage?x=1")]
    [InlineData("/routemessage")]
    [InlineData("/ROUTEMESSAGE")]
    [InlineData("/%52outeMessage")]
    [InlineData("/RouteMessag%65")]
    [InlineData("/web/RouteMessage")]
    [InlineData("/web//RouteMessage")]
    [InlineData("/web/..;/RouteMessage")]
    [InlineData("http://127.0.0.1/RouteMessage")]
    [InlineData("http://127.0.0.1/web/../RouteMessage")]
    [InlineData("http://elsewhere.test/RouteMessage")]
    [InlineData("*")]
    [InlineData("RouteMessage")]
    public async Task No_other_target_than_its_exact_name_starts_a_function(string target)
    {
        foreach (var method in new[] { "POST", "GET", "PUT" })
        {
            var reply = await _app.SendAsync(Request(method, target));
            Assert.InRange(reply.Status, 400, 499);
        }
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("post")]
    public async Task No_other_method_than_post_starts_a_function(string method)
    {
        var reply = await _app.SendAsync(Request(method, "/RouteMessage"));

        Assert.InRange(reply.Status, 400, 499);
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    [Theory]
    [InlineData("x-ms-invocation-id: 7c2c1f5e-3a0d-4f5e-9d6e-0b8f2a1c4d5e")]
    [InlineData("X-MS-INVOCATION-ID:")]
    [InlineData("X-Forwarded-For: 192.0.2.1")]
    [InlineData("X-Forwarded-Host: mail.example.test")]
    [InlineData("x-forwarded-proto: https")]
    [InlineData("Forwarded: for=192.0.2.1")]
    [InlineData("X-Original-URL: /web/health")]
    [InlineData("X-ARR-LOG-ID: 1")]
    public async Task A_forwarded_request_starts_no_function_even_at_its_exact_name(string header)
    {
        foreach (var function in new[] { "RouteMessage", "ParkPoisonedAccepted", "ParkPoisonedRelay", "RetryDeferred", "SweepSpool" })
        {
            var reply = await _app.SendAsync(Request("POST", $"/{function}", header));
            Assert.Equal((404, "application/json"), (reply.Status, reply.ContentType));
        }
        Assert.Empty(_app.Stores.Faults.Calls);
    }

    [Fact]
    public async Task The_same_request_without_the_mark_does_start_it()
    {
        Assert.Equal(200, (await _app.SendAsync(Request("POST", "/RouteMessage"))).Status);
        Assert.Single(_app.Stores.Parked.Texts);
    }

    [Theory]
    [InlineData("GET", "/web/health", 200, """{"status":"ok"}""")]
    [InlineData("HEAD", "/web/health", 200, "")]
    [InlineData("GET", "/web/Health?probe=1", 200, """{"status":"ok"}""")]
    [InlineData("POST", "/web/health", 404, """{"error":"not found"}""")]
    [InlineData("GET", "/web/healthy", 404, """{"error":"not found"}""")]
    [InlineData("GET", "/web/health/more", 404, """{"error":"not found"}""")]
    [InlineData("GET", "/health", 404, """{"error":"not found"}""")]
    public async Task Health_is_at_its_exact_route(string method, string target, int status, string body)
    {
        var reply = await _app.SendAsync($"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");

        Assert.Equal((status, body), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Health_says_when_storage_does_not_answer_and_asks_at_most_every_ten_seconds()
    {
        _app.Stores.Faults.FailEvery("Queue.Count");
        Assert.Equal(503, (await HealthAsync()).Status);
        _app.Stores.Faults.Clear();
        Assert.Equal(503, (await HealthAsync()).Status);
        Assert.Empty(_app.Stores.Faults.Calls);

        _app.Stores.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(200, (await HealthAsync()).Status);
        Assert.Equal(200, (await HealthAsync()).Status);
        Assert.Equal(["Queue.Count"], _app.Stores.Faults.Calls);
    }

    private Task<RawReply> HealthAsync() => _app.SendAsync("GET /web/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

    private static string Request(string method, string target, string? header = null) =>
        $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{(header is null ? "" : $"{header}\r\n")}Content-Length: {Body.Length}\r\n\r\n{Body}";
}
