// What the programs count: rightly, and as the README says.
using MailFunctions.App.Pipeline;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Pipeline.Functions;
using MailFunctions.Protocol;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp;

namespace MailFunctions.Pipeline.Watching;

[Collection<Alone>]
public sealed class MetricsTests
{
    [Fact]
    public async Task Every_end_of_a_recipient_is_counted_once_under_its_kind()
    {
        using var watched = new Watched(PipelineMetrics.MeterName);
        await using var rig = new RelayRig();
        rig.Domain("takes.test");
        rig.Domain("refuses.test", new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 unknown"));
        rig.Domain("busy.test", new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 not now"));
        rig.Submit("a@takes.test", "b@refuses.test", "c@busy.test", "d@nowhere.test");

        await rig.RunToRestAsync();

        Assert.Equal(1, watched["pipeline.relayed"]);
        Assert.Equal(1, watched["pipeline.bounced refused"]);
        Assert.Equal(1, watched["pipeline.bounced unroutable"]);
        Assert.Equal(1, watched["pipeline.bounced expired"]);
        Assert.Equal(rig.ReportsTo(RelayRig.Alice).Count, watched["pipeline.delivered"]);
        Assert.Equal(1 + rig.ReportsTo(RelayRig.Alice).Count, watched["pipeline.routed"]);
        Assert.InRange(watched["pipeline.deferred"], 40, 90);
        Assert.InRange(watched["pipeline.retry_age"], TimeSpan.FromDays(5).TotalSeconds, watched["pipeline.deferred"] * TimeSpan.FromDays(5).TotalSeconds);
        Assert.InRange(watched["pipeline.due"], 40, 90);
    }

    [Fact]
    public async Task What_is_parked_is_counted_after_it_is_stored()
    {
        using var watched = new Watched(PipelineMetrics.MeterName);
        var stores = new MemoryStores();
        var parked = new CountedParked(stores.Parked);

        await parked.ParkAsync(SpoolId.New(stores.Time), "why", CancellationToken.None);
        await parked.ParkTextAsync(WorkQueue.Relay, "x"u8.ToArray(), "why", CancellationToken.None);

        Assert.Equal((1, 1), (watched["pipeline.parked message"], watched["pipeline.parked text"]));
        Assert.Equal(2, await parked.ListAsync(CancellationToken.None).CountAsync());
    }

    [Fact]
    public void The_table_of_the_README_has_every_metric_with_its_unit_its_tags_and_its_meaning()
    {
        using var watched = new Watched(PipelineMetrics.MeterName, GatewayMetrics.MeterName);
        using var meters = new MemoryMeters();
        UseAll(meters.Metrics);

        var rows = File.ReadLines(Path.Combine(AzuriteServer.RepositoryRoot, "README.md"))
            .Where(line => line.StartsWith("| `mailfunctions.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var expected = watched.Instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal).Select(instrument =>
            $"| `{instrument.Name}` | {instrument.Unit} | {TagsOf(instrument.Name)} | {instrument.Description} |");

        Assert.Equal(expected, rows);

        string TagsOf(string name) => string.Join(' ', watched.Tags[name].Select(tag => $"`{tag}`"));
    }

    // An instrument that is not used here has no tags, and fails above.
    private static void UseAll(GatewayMetrics gateway)
    {
        gateway.Entered(Listeners.Rows[0]);
        gateway.Left(Listeners.Rows[0]);
        gateway.Refused(Listeners.Rows[0], "x");
        gateway.LimitHit("x");
        gateway.Blocklisted("x");
        gateway.Answered(Replies.LocalTrouble);
        PipelineMetrics.Routed();
        PipelineMetrics.Delivered();
        PipelineMetrics.Concluded(new Outcome.Delivered(new DeliveryStatus(2, 0, 0), "x", null, null));
        PipelineMetrics.Bounced("x", 1);
        PipelineMetrics.Deferred(1, TimeSpan.Zero);
        PipelineMetrics.Parked("x");
        PipelineMetrics.Idle(WorkQueue.Relay);
        PipelineMetrics.Due(1);
    }
}
