// The invocation request, byte for byte as it leaves the socket.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Storage.Queues.Models;
using MailFunctions.Local.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class InvocationRequestTests
{
    private static readonly Guid Id = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly SystemMetadata System = new("RouteMessage", new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero), Id);

    [Fact]
    public async Task A_call_is_a_chunked_post_with_the_hosts_headers_and_no_others()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var invoker = new Invoker(new HostRig.WorkerAt(port), TimeSpan.FromMinutes(1), () => Id, TimeProvider.System, NullLogger.Instance);
        var call = invoker.InvokeAsync(HostRig.OnQueue("", "accepted"), _ => "{\"Data\":{}}"u8.ToArray(), CancellationToken.None);

        using var socket = await listener.AcceptSocketAsync();
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            received.Append(Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());

        Assert.Equal(InvocationOutcome.Succeeded, await call);
        Assert.Equal(
            $"POST /RouteMessage HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Azure-Functions-HostVersion: 4.1037.0.0\r\n"
            + $"X-Azure-Functions-InvocationId: {Id}\r\nUser-Agent: Azure-Functions-Host/4.1037.0.0\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: application/json; charset=utf-8\r\n\r\nB\r\n{\"Data\":{}}\r\n0\r\n\r\n",
            received.ToString());
    }

    [Fact]
    public void A_binary_message_is_one_base64_string_and_leaks_nothing_into_the_metadata() => Assert.Equal(
        OneLine("""
            {"Data":{"msg":"eyJ2IjoxLCJJZCI6IngifQ=="},"Metadata":{"DequeueCount":"2","ExpirationTime":"9999-12-31T23:59:59+00:00",
            "Id":"\"m+1/é\"","InsertionTime":"2026-03-01T12:00:00+00:00","NextVisibleTime":"2026-03-01T12:10:00.5+00:00","PopReceipt":"\"Ag==\"",
            "sys":{"MethodName":"RouteMessage","UtcNow":"2026-03-01T12:00:00.123Z","RandGuid":"0198c0de-0000-7000-8000-000000000001"}}}
            """),
        Encoding.UTF8.GetString(InvocationBody.ForQueue("msg", Message(), "{\"v\":1,\"Id\":\"x\"}"u8.ToArray(), true, System).Span));

    [Fact]
    public void A_text_message_is_encoded_twice_and_its_properties_override_the_metadata() => Assert.Equal(
        OneLine("""
            {"Data":{"msg":"\"{\\\"v\\\":1,\\\"Id\\\":\\\"é\\\",\\\"a\\\":[1],\\\"n\\\":null,\\\"o\\\":{\\\"k\\\":true},\\\"b\\\":true}\""},
            "Metadata":{"DequeueCount":"2","ExpirationTime":"9999-12-31T23:59:59+00:00",
            "Id":"\"é\"","InsertionTime":"2026-03-01T12:00:00+00:00","NextVisibleTime":"2026-03-01T12:10:00.5+00:00","PopReceipt":"\"Ag==\"",
            "sys":{"MethodName":"RouteMessage","UtcNow":"2026-03-01T12:00:00.123Z","RandGuid":"0198c0de-0000-7000-8000-000000000001"},
            "v":"\"1\"","o":{"k":true},"b":"\"True\""}}
            """),
        Encoding.UTF8.GetString(InvocationBody.ForQueue(
            "msg", Message(), """{"v":1,"Id":"é","a":[1],"n":null,"o":{"k":true},"b":true}"""u8.ToArray(), false, System).Span));

    [Fact]
    public void A_timer_is_told_its_schedule_and_whether_it_is_past_due() => Assert.Equal(
        OneLine("""
            {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00+00:00",
            "Next":"2026-03-01T12:01:00+00:00","LastUpdated":"2026-03-01T12:00:00+00:00"},"IsPastDue":true}},
            "Metadata":{"sys":{"MethodName":"RouteMessage","UtcNow":"2026-03-01T12:00:00.123Z","RandGuid":"0198c0de-0000-7000-8000-000000000001"}}}
            """),
        Encoding.UTF8.GetString(InvocationBody.ForTimer(
            "timer", new ScheduleStatus(default, At(12, 1), At(12, 0)), isPastDue: true, System).Span));

    [Fact]
    public void A_timer_without_a_record_is_told_null() => Assert.StartsWith(
        """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":""",
        Encoding.UTF8.GetString(InvocationBody.ForTimer("timer", null, isPastDue: false, System).Span), StringComparison.Ordinal);

    private static string OneLine(string text) => text.ReplaceLineEndings("");

    private static DateTimeOffset At(int hour, int minute) => new(2026, 3, 1, hour, minute, 0, TimeSpan.Zero);

    private static QueueMessage Message() => QueuesModelFactory.QueueMessage(
        "m+1/é", "Ag==", BinaryData.FromString(""), 2, At(12, 10).AddSeconds(0.5), At(12, 0),
        new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
}
