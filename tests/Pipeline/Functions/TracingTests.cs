// What the pipeline tells the trace of a message's way.
using MailFunctions.Mail.Traces;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class TracingTests : IAsyncDisposable
{
    private readonly RelayRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_message_that_is_taken_at_once_is_routed_attempted_and_finished()
    {
        _rig.Domain("one.test", new PeerScript());
        var id = _rig.Submit("a@one.test");
        await _rig.RunToRestAsync();

        var entries = _rig.Trace.Entries.Where(entry => entry.Id == id).ToList();
        Assert.Equal([TraceKind.Routed, TraceKind.Attempted, TraceKind.Finished], entries.Select(entry => entry.Kind));
        var attempt = entries[1];
        Assert.Equal(("one.test", true, "a@one.test"), (attempt.Destination, attempt.Succeeded, Assert.Single(attempt.To!)));
        Assert.StartsWith("250", attempt.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_peers_words_with_the_report_that_it_made_and_where_that_ended()
    {
        _rig.Domain("one.test", new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 nobody of that name"));
        var id = _rig.Submit("a@one.test");
        await _rig.RunToRestAsync();

        var entries = _rig.Trace.Entries.Where(entry => entry.Id == id).ToList();
        Assert.Equal([TraceKind.Routed, TraceKind.Attempted, TraceKind.Reported, TraceKind.Finished], entries.Select(entry => entry.Kind));
        Assert.Equal((false, "550 5.1.1 nobody of that name"), (entries[1].Succeeded, entries[1].Reply));
        var report = _rig.Trace.Entries.Where(entry => entry.Id == entries[2].Report).ToList();
        Assert.Equal([TraceKind.Delivered, TraceKind.Finished], report.Select(entry => entry.Kind));
        Assert.Equal(Alice.ToString(), Assert.Single(report[0].To!));
    }

    [Fact]
    public async Task A_message_that_waits_tells_when_it_is_tried_again()
    {
        _rig.Domain("one.test", new PeerScript().Saying(PeerStage.Mail, "451 4.3.0 not now"));
        var id = _rig.Submit("a@one.test");
        await _rig.RunForAsync(TimeSpan.FromMinutes(1));

        var waits = Assert.Single(_rig.Trace.Entries, entry => entry.Id == id && entry.Kind == TraceKind.Deferred);
        Assert.InRange(waits.Next!.Value - _rig.Now, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(6));
        Assert.Contains(_rig.Trace.Entries, entry => entry.Id == id && entry is { Kind: TraceKind.Attempted, Succeeded: false, Reply: "451 4.3.0 not now" });
    }
}
