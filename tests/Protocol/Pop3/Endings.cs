// Sessions that do not end by QUIT: nothing is deleted, and the maildrop is free.
using MailFunctions.Gateway.Pop3;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Protocol.Pop3;

public sealed class Endings
{
    private const string Message = "a: b\r\n\r\n.\r\nline\r\n";

    // A session that marks everything; its octets but for the last ones of QUIT are what a connection may break at.
    private static readonly string Commands =
        "USER alice@example.test\r\nPASS secret\r\nSTAT\r\nUIDL\r\nLIST\r\nDELE 1\r\nRETR 2\r\nTOP 3 1\r\nDELE 2\r\nDELE 3\r\nQUIT\r\n";

    [Fact]
    public async Task PO_07_a_connection_that_breaks_anywhere_before_the_end_of_QUIT_deletes_nothing()
    {
        await using var server = new Pop3Server().With(Message, Message, Message);
        // Every octet would mean more logins than the gateway takes in a second: every octet of QUIT, and every command.
        var cuts = Enumerable.Range(0, Commands.Length).Where(cut => cut >= Commands.Length - 6 || cut > 0 && Commands[cut - 1] == '\n');
        foreach (var cut in cuts)
        {
            var client = server.Connect();
            await client.SendAsync(Commands[..cut]);
            await client.CloseAsync();
            await client.ReadToEndAsync();
            Assert.Equal(3, server.Maildrop.Messages.Count);
            Assert.False(server.Maildrop.IsHeld);
        }
        Assert.DoesNotContain("Delete", server.Maildrop.Calls);
    }

    [Fact]
    public async Task A_client_that_closes_its_side_behind_QUIT_is_answered_to_the_end()
    {
        await using var server = new Pop3Server().With(Message, Message, Message);
        var client = server.Connect();
        await client.SendAsync(Commands);
        await client.CloseAsync();
        Assert.EndsWith("+OK Bye, marked messages are deleted\r\n", await client.ReadToEndAsync());
        Assert.Empty(server.Maildrop.Messages);
    }

    [Fact]
    public async Task A_reset_connection_frees_the_maildrop_at_once()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        Assert.True(server.Maildrop.IsHeld);
        await client.BreakAsync();
        Assert.False(server.Maildrop.IsHeld);
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task Ten_minutes_of_silence_end_the_session_without_a_word()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        await SilenceAsync(server, TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal("+OK Done", await client.SayAsync("NOOP"));
        await SilenceAsync(server, TimeSpan.FromMinutes(10));
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.False(server.Maildrop.IsHeld);
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task LIM_01_a_command_that_comes_drop_by_drop_has_sixty_seconds_from_its_first_octet()
    {
        await using var server = new Pop3Server();
        var client = await server.LogInAsync();
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromMinutes(10)));
        await client.SendAsync("N");
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromSeconds(60)));
        for (var i = 0; i < 6; i++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(10));
            await client.SendAsync("O");
        }
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(1, server.Meters["limits Command"]);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off()
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n" + new string('x', 500_000) + "\r\n");
        var client = await server.LogInAsync();
        await client.SendAsync("RETR 1\r\n");
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromMinutes(3)));
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        await client.Served;
        await Pop3Server.UntilAsync(() => client.IsAborted);
        Assert.False(server.Maildrop.IsHeld);
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so_and_deletes_nothing()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        client.Stop();
        Assert.Equal("-ERR [SYS/TEMP] Service is restarting, nothing was deleted, try again soon\r\n", await client.ReadToEndAsync());
        Assert.False(server.Maildrop.IsHeld);
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task An_idle_session_keeps_its_maildrop_by_a_renewal_every_20_seconds()
    {
        await using var server = new Pop3Server();
        await server.LogInAsync();
        for (var i = 0; i < 15; i++)
            await RenewalAsync(server, TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromMinutes(5), server.Clock.Passed);
        Assert.Equal(15, server.Maildrop.Calls.Count(call => call == "Renew"));
        Assert.True(server.Maildrop.IsHeld);
        await server.Connect().LogInAsync("-ERR [IN-USE] Mailbox is in use by another session");
    }

    [Fact]
    public async Task A_renewal_without_answer_is_tried_again_and_a_refused_one_is_not()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        server.Maildrop.Fail("Renew");
        await RenewalAsync(server, LeaseKeeper.Interval);
        await RenewalAsync(server, LeaseKeeper.Interval);
        server.Maildrop.Fail("");
        await RenewalAsync(server, LeaseKeeper.Interval);
        server.Clock.Advance(LeaseKeeper.Interval / 2);
        Assert.True(server.Maildrop.IsHeld);
        server.Maildrop.TakeLeaseAway();
        await RenewalAsync(server, LeaseKeeper.Interval / 2);
        server.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(4, server.Maildrop.Calls.Count(call => call == "Renew"));
        await client.SayAsync("DELE 1");
        Assert.StartsWith("-ERR [SYS/TEMP] ", await client.SayAsync("QUIT"));
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task Storage_that_never_answers_does_not_hold_a_connection_for_ever()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        server.Maildrop.HangOn("Open");
        await client.SendAsync("RETR 1\r\n");
        await Pop3Server.UntilAsync(() => server.Maildrop.Calls.Contains("Open"));
        await SilenceAsync(server, TimeSpan.FromMinutes(10));
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.False(server.Maildrop.IsHeld);
    }

    [Fact]
    public async Task Whatever_storage_call_fails_marked_messages_are_there_or_gone_and_the_client_knows()
    {
        for (var failing = 1; ; failing++)
        {
            await using var server = new Pop3Server().With(Message, Message, Message, Message);
            server.Maildrop.Add([], TimeSpan.FromDays(2));
            server.Log.Expected.Add("Error");
            var calls = 0;
            server.Maildrop.Before = name => ++calls == failing ? throw new StoreUnavailableException($"{name} fails.", null) : Task.CompletedTask;
            var client = server.Connect();
            await client.SendAsync(Commands);
            await client.CloseAsync();
            var answers = await client.ReadToEndAsync();
            var left = server.Maildrop.Messages;
            Assert.Contains(Rig.Pop3MemoryMaildrop.IdOf(4), left);
            if (answers.EndsWith("+OK Bye, marked messages are deleted\r\n", StringComparison.Ordinal))
                Assert.Single(left);
            else
                Assert.True(left.Count > 1 || !answers.Contains("+OK Bye", StringComparison.Ordinal), answers);
            if (calls < failing)
                return;
            var released = server.Maildrop.Calls[^1] == "Release";
            Assert.True(released || failing == 1, string.Join(' ', server.Maildrop.Calls)); // failing 1: there was no lock to release
        }
    }

    // Lets time pass while the client is silent, second by second, as the renewals in the background can follow.
    private static async Task SilenceAsync(Pop3Server server, TimeSpan time)
    {
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromMinutes(10)));
        for (var second = 1; second < time.TotalSeconds; second++)
        {
            if (server.Clock.IsWaiting(TimeSpan.FromSeconds(1)))
                await RenewalAsync(server, TimeSpan.FromSeconds(1));
            else
                server.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        server.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    // Lets so much time pass that a renewal is due, and waits for it.
    private static async Task RenewalAsync(Pop3Server server, TimeSpan due)
    {
        var renewals = server.Maildrop.Calls.Count(call => call == "Renew");
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(due));
        server.Clock.Advance(due);
        await Pop3Server.UntilAsync(() => server.Maildrop.Calls.Count(call => call == "Renew") > renewals);
        if (server.Maildrop.IsHeld)
            await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(LeaseKeeper.Interval));
    }
}
