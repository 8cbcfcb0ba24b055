// How spans begin, continue and are linked.
using System.Diagnostics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Pipeline.Functions;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using MailFunctions.Telemetry;

namespace MailFunctions.Pipeline.Watching;

[Collection<Alone>]
public sealed class SpanTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static TheoryData<string> Malformed =>
    [
        "", "x", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", Parent + "-",
        new string('0', 55), "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\u00e9-01",
        .. Enumerable.Range(1, Parent.Length - 1).Select(length => Parent[..length]),
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_no_trace_context_begins_a_trace_of_its_own(string traceparent)
    {
        using var watched = new Watched();
        using var around = new Activity("somebody else's").Start();

        using var span = MailSpans.Start(traceparent, "x", ActivityKind.Consumer);

        Assert.Equal(default, span!.ParentSpanId);
        Assert.True(span.Recorded);
        Assert.Equal(span.Id, MailSpans.Traceparent);
    }

    [Fact]
    public void A_trace_context_is_continued_and_without_a_listener_there_are_no_spans()
    {
        Assert.Null(MailSpans.Start(Parent, "x", ActivityKind.Consumer));
        Assert.Null(MailSpans.Traceparent);
        using var watched = new Watched();

        using var span = MailSpans.Start(Parent, "x", ActivityKind.Consumer);

        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (span!.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
    }

    [Fact]
    public async Task What_is_enqueued_within_a_span_names_it_and_what_is_not_stays_as_it_was()
    {
        using var watched = new Watched();
        var stores = new MemoryStores();
        var queue = new TracedWorkQueue(stores.Queue);
        var item = new WorkItem { Id = SpoolId.New(stores.Time), Destination = "far.test" };

        await queue.EnqueueAsync(WorkQueue.Relay, item, CancellationToken.None);
        using (QueueSpans.Process("accepted", null))
            await queue.EnqueueAsync(WorkQueue.Relay, item, CancellationToken.None);

        Assert.Equal(item, stores.Queue.TryTake()!.Value.Item);
        var producer = watched.Spans.Single(span => span.Kind == ActivityKind.Producer);
        Assert.Equal(item with { Traceparent = producer.Id }, stores.Queue.TryTake()!.Value.Item);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_queue_text_with_any_trace_context_is_worked_on(string traceparent)
    {
        using var watched = new Watched();
        await using var app = await RunningApp.StartAsync();
        var text = new WorkItem { Id = SpoolId.New(app.Stores.Time), Traceparent = traceparent }.ToBytes();

        var reply = await app.InvokeAsync("RouteMessage", $$$"""{"Data":{"msg":"{{{Convert.ToBase64String(text)}}}"},"Metadata":{}}""");

        Assert.Equal((200, "{}"), (reply.Status, reply.Body));
        Assert.Equal("accepted", Assert.Single(watched.Spans).GetTagItem("messaging.destination.name"));
    }

    [Fact]
    public async Task A_retry_is_linked_to_the_trace_in_which_its_message_was_routed_and_both_tell_the_reply_in_codes()
    {
        using var watched = new Watched();
        await using var rig = new RelayRig();
        rig.Domain("one.test", new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 alice@example.test is not wanted now"));
        rig.Submit("bob@one.test");
        using (QueueSpans.Process("accepted", null))
            await rig.DrainAsync();
        rig.Replace(1, new PeerScript());

        using (QueueSpans.Process("relay", null))
            await rig.RunToRestAsync();

        var first = watched.Spans.Single(span => span.DisplayName == "process accepted");
        var retry = watched.Spans.Single(span => span.DisplayName == "process relay");
        Assert.NotEqual(first.TraceId, retry.TraceId);
        Assert.All(retry.Links, link => Assert.Equal((first.TraceId, first.SpanId), (link.Context.TraceId, link.Context.SpanId)));
        Assert.NotEmpty(retry.Links);
        var sends = watched.Spans.Where(span => span.DisplayName == "smtp send").ToList();
        Assert.Equal([(451, "4.3.0", ActivityStatusCode.Error), (250, "2.0.0", ActivityStatusCode.Unset)], sends.Select(Answer));
        foreach (var value in watched.Spans.SelectMany(span => span.TagObjects.Concat(span.Events.SelectMany(item => item.Tags))))
            Assert.DoesNotContain("@", value.Value?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_is_told_by_its_type_alone()
    {
        using var watched = new Watched();
        using var span = MailSpans.Start(null, "x", ActivityKind.Consumer);

        Assert.NotNull(span);
        span.Fail(new InvalidDataException("the secret"));

        Assert.Equal("System.IO.InvalidDataException", span.GetTagItem("error.type"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.Null(span.StatusDescription);
    }

    private static (int Code, string Status, ActivityStatusCode) Answer(Activity span) =>
        ((int)span.GetTagItem("mail.reply.code")!, (string)span.GetTagItem("mail.reply.status")!, span.Status);
}
