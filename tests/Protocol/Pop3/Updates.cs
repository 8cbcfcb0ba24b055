// QUIT: what is deleted, how, and what the client is told about it.
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;

namespace MailFunctions.Protocol.Pop3;

public sealed class Updates
{
    private const string Message = "a: b\r\n\r\nx\r\n";
    private const string Deleted = "+OK Bye, marked messages are deleted";
    private const string NotAll = "-ERR [SYS/TEMP] Some marked messages were not deleted";
    private const string Lost = "-ERR [SYS/TEMP] Mailbox may be in use by another session, not all marked messages were deleted";

    [Theory]
    [InlineData(9, false, true)] // may still be delivered again by a run that has begun
    [InlineData(9, true, true)]
    [InlineData(11, false, false)]
    [InlineData(11, true, true)] // its message is in the spool: a repeated delivery may come at any time
    public async Task A_copy_that_may_be_delivered_again_leaves_a_tombstone(int minutes, bool spooled, bool buried)
    {
        await using var server = new Pop3Server();
        var id = server.Maildrop.Add("a: b\r\n\r\n"u8.ToArray(), TimeSpan.FromMinutes(minutes), spooled);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        Assert.Equal(Deleted, await client.SayAsync("QUIT"));
        Assert.Empty(server.Maildrop.Messages);
        Assert.Equal(buried ? [id] : [], server.Maildrop.Tombstones);
    }

    [Fact]
    public async Task Exactly_the_marked_messages_are_deleted_and_uids_stay()
    {
        await using var server = new Pop3Server().With([.. Enumerable.Repeat(Message, 20)]);
        var client = await server.LogInAsync();
        foreach (var number in new[] { 2, 3, 5, 7, 11, 13, 17, 19 })
            await client.SayAsync($"DELE {number}");
        Assert.Equal(Deleted, await client.SayAsync("QUIT"));
        Assert.Equal(new[] { 1, 4, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20 }.Select(Pop3MemoryMaildrop.IdOf), server.Maildrop.Messages);
        client = await server.LogInAsync();
        Assert.Equal($"+OK 2 {Pop3MemoryMaildrop.IdOf(4)}", await client.SayAsync("UIDL 2"));
    }

    [Fact]
    public async Task The_maildrop_is_free_before_the_answer_to_QUIT()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        var release = new TaskCompletionSource();
        server.Maildrop.Before = name => name == "Release" ? release.Task : Task.CompletedTask;
        await client.SendAsync("QUIT\r\n");
        await Pop3Server.UntilAsync(() => server.Maildrop.Calls.Contains("Release"));
        Assert.Equal(["Lock", "List", "Renew", "Exists", "Delete", "Release"], server.Maildrop.Calls);
        Assert.False(client.HasUnread);
        release.SetResult();
        Assert.Equal(Deleted, await client.ReadLineAsync());
    }

    [Fact]
    public async Task Nothing_is_deleted_and_nothing_asked_for_without_a_mark()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        await client.SayAsync("RSET");
        Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
        Assert.Equal(["Lock", "List", "Release"], server.Maildrop.Calls);
    }

    [Fact]
    public async Task A_lease_lost_before_QUIT_deletes_nothing_but_lets_the_client_read()
    {
        await using var server = new Pop3Server().With(Message, Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        server.Maildrop.TakeLeaseAway();
        await client.SayAsync("RETR 2");
        Assert.Equal(Message, await client.ReadContentAsync());
        Assert.Equal(Lost, await client.SayAsync("QUIT"));
        Assert.Equal(2, server.Maildrop.Messages.Count);
    }

    [Fact]
    public async Task A_lost_lease_does_not_matter_to_QUIT_without_marks()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        server.Maildrop.TakeLeaseAway();
        Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
    }

    [Fact]
    public async Task A_renewal_that_storage_does_not_answer_deletes_nothing()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        server.Maildrop.Fail("Renew");
        Assert.Equal(Lost, await client.SayAsync("QUIT"));
        Assert.Single(server.Maildrop.Messages);
        Assert.False(server.Maildrop.IsHeld);
    }

    [Theory]
    [InlineData(29, 1)] // 31 seconds remain after each batch of 8: the lease holds for the next
    [InlineData(31, 2)]
    public async Task The_lease_is_renewed_while_deleting_before_it_runs_short(int secondsPerBatch, int renewals)
    {
        await using var server = new Pop3Server().With([.. Enumerable.Repeat(Message, 16)]);
        var client = await server.LogInAsync();
        for (var number = 1; number <= 16; number++)
            await client.SayAsync($"DELE {number}");
        LetTimePass(server, secondsPerBatch, () => { });
        Assert.Equal(Deleted, await client.SayAsync("QUIT"));
        Assert.Equal(renewals, server.Maildrop.Calls.Count(call => call == "Renew"));
        Assert.Empty(server.Maildrop.Messages);
    }

    [Fact]
    public async Task A_lease_lost_while_deleting_stops_the_deletions()
    {
        await using var server = new Pop3Server().With([.. Enumerable.Repeat(Message, 20)]);
        var client = await server.LogInAsync();
        for (var number = 1; number <= 20; number++)
            await client.SayAsync($"DELE {number}");
        LetTimePass(server, 31, server.Maildrop.TakeLeaseAway);
        Assert.Equal(Lost, await client.SayAsync("QUIT"));
        Assert.Equal(Enumerable.Range(9, 12).Select(Pop3MemoryMaildrop.IdOf), server.Maildrop.Messages);
    }

    [Theory]
    [InlineData("Delete", false)]
    [InlineData("Exists", false)]
    [InlineData("Bury", true)]
    public async Task A_message_that_cannot_be_deleted_stays_and_the_others_go(string call, bool spooled)
    {
        await using var server = new Pop3Server();
        for (var i = 0; i < 20; i++)
            server.Maildrop.Add("a: b\r\n\r\n"u8.ToArray(), spooled: spooled);
        var client = await server.LogInAsync();
        for (var number = 1; number <= 20; number++)
            await client.SayAsync($"DELE {number}");
        var calls = 0;
        server.Maildrop.Before = name => name == call && ++calls == 10 ? throw new StoreUnavailableException("No.", null) : Task.CompletedTask;
        Assert.Equal(NotAll, await client.SayAsync("QUIT"));
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task Storage_that_is_down_is_not_asked_for_every_message()
    {
        await using var server = new Pop3Server().With([.. Enumerable.Repeat(Message, 50)]);
        var client = await server.LogInAsync();
        for (var number = 1; number <= 50; number++)
            await client.SayAsync($"DELE {number}");
        server.Maildrop.Fail("Delete");
        Assert.Equal(NotAll, await client.SayAsync("QUIT"));
        Assert.Equal(8, server.Maildrop.Calls.Count(call => call == "Delete"));
        Assert.Equal(50, server.Maildrop.Messages.Count);
    }

    [Fact]
    public async Task A_release_that_fails_does_not_undo_what_was_done()
    {
        await using var server = new Pop3Server().With(Message);
        var client = await server.LogInAsync();
        await client.SayAsync("DELE 1");
        server.Maildrop.Fail("Release");
        Assert.Equal(Deleted, await client.SayAsync("QUIT"));
    }

    [Theory]
    [InlineData(23, false, false)]
    [InlineData(25, true, false)]
    [InlineData(25, false, true)]
    public async Task A_tombstone_goes_after_a_day_once_its_message_has_left_the_spool(int hours, bool spooled, bool gone)
    {
        await using var server = new Pop3Server().With(Message);
        server.Maildrop.Add([], TimeSpan.FromHours(hours), spooled);
        var client = await server.LogInAsync();
        Assert.Equal("+OK 1 11", await client.SayAsync("STAT"));
        Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
        Assert.Equal(gone ? 0 : 1, server.Maildrop.Tombstones.Count);
        Assert.Single(server.Maildrop.Messages);
    }

    [Fact]
    public async Task Tombstones_go_a_few_at_a_time_and_their_trouble_is_nobodys()
    {
        await using var server = new Pop3Server().With(Message);
        for (var i = 0; i < 100; i++)
            server.Maildrop.Add([], TimeSpan.FromDays(2));
        server.Maildrop.Fail("Exists");
        var client = await server.LogInAsync();
        server.Maildrop.Fail("");
        await client.SayAsync("DELE 1");
        Assert.Equal(Deleted, await client.SayAsync("QUIT"));
        Assert.Equal(36, server.Maildrop.Tombstones.Count);
        await server.LogInAsync();
        Assert.Equal(35, server.Maildrop.Tombstones.Count);
    }

    // The eighth, sixteenth... deletion takes time, in which something happens.
    private static void LetTimePass(Pop3Server server, int seconds, Action happens)
    {
        var deletions = 0;
        server.Maildrop.Before = name =>
        {
            if (name == "Delete" && ++deletions % 8 == 0)
            {
                server.Clock.Advance(TimeSpan.FromSeconds(seconds));
                happens();
            }
            return Task.CompletedTask;
        };
    }
}
