// What mailctl scale reckons.
using System.Text.Json;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mailctl.Scaling;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class ScaleTests
{
    // All local, nobody fetches: seven calls a message, of which the service's documentation has the names.
    private static readonly Workload Plain = new() { MessagesPerSecond = 1, Relayed = 0, Fetches = 0, Kilobytes = 1 };

    [Fact]
    public void A_local_message_is_its_seven_counted_calls_and_a_relayed_one_its_fourteen()
    {
        var local = ScaleModel.Of(Plain).Calls;
        Assert.Equal((2, 0, 1, 0, 1, 3), (local.Writes, local.Lists, local.Reads, local.Others, local.Deletions, local.QueueCalls));
        Assert.Equal(7, local.Total);
        Assert.Equal(14, ScaleModel.Of(Plain with { Relayed = 1, InVain = 0 }).Calls.Total);
    }

    [Theory]
    [InlineData(3, 0, 0, 0, 1, 9)] // two copies more
    [InlineData(1, 1, 2, 0, 1, 14 + 2 * 9)] // two attempts in vain
    [InlineData(1, 0, 0, 0, 5_000, 7 + 2 + 4 + 1)] // one session, one message read and deleted
    [InlineData(1, 0, 0, 0, 5_001, 7 + 2 + 4 + 1 + 1)] // a page more
    [InlineData(1, 0, 0, 0, 1_000_000, 7 + 2 + 4 + 1 + 199)]
    [InlineData(1, 0, 0, 10_800, 1, 7 + 6)] // each that waits is looked at once in three hours
    public void Recipients_attempts_sessions_and_what_waits_add_their_counted_calls(
        double recipients, double relayed, double inVain, double waiting, double mailbox, double calls)
    {
        var report = ScaleModel.Of(Plain with
        {
            Recipients = recipients, Relayed = relayed, InVain = inVain, Waiting = waiting, MailboxMessages = mailbox,
            Fetches = mailbox > 1 ? 1 : 0,
        });

        Assert.Equal(calls, report.Calls.Total);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(2_000, 1)]
    [InlineData(2_001, 2)]
    [InlineData(10_000, 5)]
    public void The_queue_is_the_first_limit_of_small_local_mail_and_says_how_many_deployments_are_needed(double rate, int deployments)
    {
        var report = ScaleModel.Of(Plain with { MessagesPerSecond = rate });

        Assert.Equal("messages into queue accepted", report.First.Name);
        Assert.Equal(2_000, report.FirstAt!.Value, 6);
        Assert.Equal(deployments, report.Deployments);
    }

    [Theory]
    [InlineData(1, false, "requests to the account")]
    [InlineData(1, true, "messages into queue accepted")]
    [InlineData(10_240, false, "octets into the account")]
    public void Sessions_lengths_and_regions_change_which_limit_is_first(double kilobytes, bool isLarge, string first)
    {
        var report = ScaleModel.Of(Plain with { MessagesPerSecond = 1_000, Kilobytes = kilobytes, Fetches = 1, MailboxMessages = 1, IsInLargeRegion = isLarge });

        Assert.Equal(first, report.First.Name);
    }

    [Fact]
    public void Machines_follow_from_the_measured_seconds_or_from_the_places_whichever_needs_more()
    {
        var report = ScaleModel.Of(new Workload { MessagesPerSecond = 10_000, Kilobytes = 0, Relayed = 0.5, InVain = 0, DeliveryMilliseconds = 1_000 });

        Assert.Equal(5.6, report.GatewayCores, 6);
        Assert.Equal(12, report.Gateways);
        Assert.Equal(43, report.RouteInstances); // 10,000 x 0.53 ms / (0.25 cores x half)
        Assert.Equal(223, report.RelayInstances); // 5,000 x 1.07 s / 24 places
        Assert.Equal(2, ScaleModel.Of(Plain).Gateways);
    }

    [Fact]
    public void The_figures_of_the_programs_are_those_that_they_have()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(MailFunctions.Rig.AzuriteServer.RepositoryRoot, "functions", "App", "host.json")));
        var queues = host.RootElement.GetProperty("extensions").GetProperty("queues");

        Assert.Equal(Measured.AtOncePerInstance, queues.GetProperty("batchSize").GetInt32() + queues.GetProperty("newBatchThreshold").GetInt32());
        Assert.Equal(Measured.LongestWait, new RetrySchedule().MaxInterval.TotalSeconds);
        Assert.Equal(Measured.RetryAtOnce, RetryDeferred.AtOnce);
        Assert.Equal(Measured.RetryShare, RetryDeferred.MaxWork.TotalSeconds / 60, 6);
    }

    [Fact]
    public async Task It_is_printed_for_people_and_as_JSON_without_any_storage()
    {
        using var person = new Operator("nonsense");

        var said = await person.RunAsync("scale --messages-per-second 100 --relayed 0.5 --waiting 1000000");
        Assert.Contains("First limit: ", said.Output, StringComparison.Ordinal);
        Assert.Contains("Needed: 2 gateways of one core", said.Output, StringComparison.Ordinal);
        var json = (await person.RunAsync("scale --messages-per-second 100 --json")).Json;
        Assert.Equal(100, json.GetProperty("work").GetProperty("messagesPerSecond").GetDouble());
        Assert.Equal(10, json.GetProperty("limits").GetArrayLength());
        Assert.Equal(1, json.GetProperty("deployments").GetInt32());
    }
}
