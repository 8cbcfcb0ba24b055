// That a message can be followed from the client's connection to the other server's reply, in one trace of both programs.
using MailFunctions.Rig;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class OneTrace
{
    private const string Gateway = "mailfunctions-gateway";
    private const string Functions = "mailfunctions-functions";

    // Each span under the one before it.
    private static readonly (string Service, string Name)[] Chain =
    [
        (Gateway, "smtp receive"), (Gateway, "send accepted"), (Functions, "process accepted"), (Functions, "send relay"), (Functions, "process relay"),
    ];

    [Fact]
    public async Task One_trace_leads_from_the_session_through_both_queues_to_the_other_server_s_reply()
    {
        await using var collector = OtlpCollector.Start();
        await using var postfix = await PostfixServer.StartAsync("127.0.0.25", ["far.test"]);
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.25" });
        await using var system = await StartAsync(names, postfix.Port, collector.Environment);
        await SubmitAsync(system, "From: alice@example.test\r\nSubject: x\r\n\r\nx\r\n", "bob@far.test", "bob@example.test");
        await UntilAsync(postfix, 1);
        await collector.UntilAsync(() => collector.Spans.Any(span => span.Name == "smtp send") && collector.Spans.Any(span => span.Name == "process relay")
            && collector.Spans.Any(span => span.Name == "smtp receive") && collector.Metrics.Contains("mailfunctions.pipeline.relayed"));

        var trace = collector.Spans.Single(span => span.Name == "smtp receive").Trace;
        var spans = collector.Spans.Where(span => span.Trace == trace).ToList();
        var parent = "";
        foreach (var (service, name) in Chain)
        {
            var span = Assert.Single(spans, span => span.Name == name && span.Service == service);
            Assert.Equal(parent, span.Parent);
            parent = span.Id;
        }
        var received = spans.Single(span => span.Name == "smtp receive").Tags;
        Assert.Equal(("127.0.0.1", "Submissions"), (received["network.peer.address"], received["mail.listener"]));
        Assert.Equal(("250", "2.0.0"), (received["mail.reply.code"], received["mail.reply.status"]));
        var work = spans.Single(span => span.Name == "process relay").Tags;
        Assert.Equal(("relay", "far.test", received["mail.spool_id"]), (work["messaging.destination.name"], work["mail.destination"], work["mail.spool_id"]));

        var connect = Assert.Single(spans, span => span.Name == "smtp connect");
        Assert.Equal((parent, "mx.far.test", "127.0.0.25"), (connect.Parent, connect.Tags["server.address"], connect.Tags["network.peer.address"]));
        var send = Assert.Single(spans, span => span.Name == "smtp send");
        Assert.Equal((parent, "far.test"), (send.Parent, send.Tags["mail.destination"]));
        Assert.Equal(("250", "2.0.0"), (send.Tags["mail.reply.code"], send.Tags["mail.reply.status"]));
        Assert.Equal("mail.recipient delivered 250 2.0.0", Assert.Single(send.Events));

        Assert.Superset(
            new HashSet<string>
            {
                "mailfunctions.gateway.messages", "mailfunctions.pipeline.routed", "mailfunctions.pipeline.delivered", "mailfunctions.pipeline.relayed",
            },
            collector.Metrics);
        Assert.Contains(collector.Logs, line => line.Contains("relayed to bob@far.test", StringComparison.Ordinal));
        Assert.Contains(collector.Logs, line => line.Contains("logged in as alice@example.test", StringComparison.Ordinal));
    }
}
