// Several messages over one session, while there are several.
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class KeptSessionsTests : IAsyncLifetime
{
    private static readonly PeerScript Script = new PeerScript().Without("CHUNKING");

    private readonly RelayRig _rig = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _other = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        await _other;
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task A_message_alone_ends_its_session()
    {
        var peer = _rig.Domain("one.test", Script);
        for (var number = 0; number < 3; number++)
        {
            _rig.Submit("a@one.test");
            await _rig.DrainAsync();
        }
        Assert.Equal(3, peer.Sessions.Count);
        Assert.All(peer.Sessions, session => Assert.Equal("QUIT", session.Lines[^1]));
    }

    [Fact]
    public async Task While_another_message_is_under_way_the_next_ones_go_over_one_session()
    {
        var peer = await BeginAsync(Script);
        for (var number = 0; number < 12; number++)
            _rig.Submit($"u{number}@one.test");
        await _rig.DrainAsync();

        var session = Assert.Single(peer.Sessions.Skip(1));
        Assert.Equal(12, session.Messages.Count);
        Assert.All(session.Messages, message => Assert.Equal(Content, message.Content));
        Assert.Equal(Enumerable.Range(0, 12).Select(number => $"u{number}"), session.Messages.Select(message => Assert.Single(message.Recipients).Split('<', '@')[1]));
    }

    [Fact]
    public async Task No_other_sites_mail_goes_over_it_although_the_server_is_the_same()
    {
        var peer = await BeginAsync(Script);
        _rig.Zone.AddMx("two.test", 10, "mx.one.test");
        _rig.Submit("a@one.test");
        _rig.Submit("a@two.test");
        await _rig.DrainAsync();
        Assert.Equal([1, 1], peer.Sessions.Skip(1).Select(session => session.Messages.Count));
    }

    [Fact]
    public async Task A_kept_session_that_nobody_takes_ends_after_two_seconds()
    {
        var peer = await BeginAsync(Script);
        _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        var session = peer.Sessions[1];
        Assert.False(session.Ended.IsCompleted);
        _rig.Stores.Time.Advance(KeptSessions.Wait);
        await session.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("QUIT", session.Lines[^1]);
    }

    [Fact]
    public async Task A_server_gets_a_hundred_messages_over_a_session_and_no_more()
    {
        var peer = await BeginAsync(Script);
        for (var number = 0; number < KeptSessions.MaxMessages + 1; number++)
            _rig.Submit("a@one.test");
        await _rig.DrainAsync();
        Assert.Equal([KeptSessions.MaxMessages, 1], peer.Sessions.Skip(1).Select(session => session.Messages.Count));
    }

    public static TheoryData<PeerAct> Ends => new()
    {
        new PeerAct.Close(),
        new PeerAct.SayAndClose("421 4.4.2 idle for too long\r\n"),
        new PeerAct.Say("421 4.3.2 closing\r\n"),
        new PeerAct.Say("500 5.5.1 what?\r\n"),
        new PeerAct.Say("garbage\r\n"),
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_server_that_has_gone_meanwhile_is_connected_to_again_and_nothing_is_held_against_it(PeerAct end)
    {
        var peer = await BeginAsync(Script.With(PeerStage.Reset, end));
        _rig.Submit("a@one.test");
        _rig.Submit("b@one.test");
        await _rig.DrainAsync();
        Assert.Equal([1, 1], peer.Sessions.Skip(1).Select(session => session.Messages.Count));
        Assert.Empty(_rig.Stores.Due.Entries); // neither was deferred
    }

    [Fact]
    public async Task A_message_refused_in_a_kept_session_does_not_end_it_for_the_next()
    {
        var peer = await BeginAsync(Script.Saying(PeerStage.Rcpt, "550 5.1.1 unknown", 1));
        for (var number = 0; number < 3; number++)
            _rig.Submit($"u{number}@one.test");
        await _rig.DrainAsync();
        Assert.Equal([2], peer.Sessions.Skip(1).Select(session => session.Messages.Count));
        Assert.Contains("u1@one.test", Assert.Single(_rig.ReportsTo(Alice)), StringComparison.Ordinal);
    }

    // A server with one session in which the first message waits for the reply to its end.
    private async Task<ScriptedPeer> BeginAsync(PeerScript script)
    {
        var isFirst = true;
        var peer = _rig.Domain("one.test", script.With(PeerStage.End, new PeerAct.Say("250 2.0.0 OK\r\n")
        {
            Before = async () =>
            {
                if (!isFirst)
                    return;
                isFirst = false;
                _reached.SetResult();
                await _goOn.Task;
            },
        }, 0));
        _rig.Submit("first@one.test");
        _other = _rig.DrainAsync();
        await _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return peer;
    }
}
