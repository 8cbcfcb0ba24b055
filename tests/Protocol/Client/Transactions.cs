// Transactions: what is sent in which order, and what of it reaches whom.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Transactions
{
    // Replies to MAIL, to the RCPTs of a, b, c, to DATA and to the end; "-" for the usual one. Then the outcomes, and who has the message.
    public static TheoryData<string, string, string> Rows => new()
    {
        { "-|-|-|-|-|-", "DDD", "abc" },
        { "-|251 5.1.1 forwarded|252 cannot verify|-|-|-", "DDD", "abc" },
        { "-|450 4.2.0 greylisted|550 5.1.1 unknown|-|-|-", "LFD", "c" },
        { "-|450 no|450 no|450 no|-|-", "LLL", "" },
        { "-|550 no|550 no|550 no|-|-", "FFF", "" },
        { "-|550 no|450 no|550 no|354 go on all the same|-", "FLF", "" },
        { "-|550 no|450 no|550 no|354 go on all the same|554 no valid recipients", "FLF", "" },
        { "-|-|452 4.5.3 too many|452 4.5.3 too many|-|-", "DLL", "a" },
        { "-|-|552 5.5.3 too many|552 too many|-|-", "DLL", "a" },
        { "-|-|552 5.2.2 mailbox full|-|-|-", "DFD", "ac" },
        { "550 5.7.1 no|503 MAIL first|503 MAIL first|503 MAIL first|503 RCPT first|-", "FFF", "" },
        { "450 4.7.1 no|503 MAIL first|503 MAIL first|503 MAIL first|354 go on all the same|-", "LLL", "" },
        { "550 5.7.1 no|-|-|-|354 go on all the same|-", "FFF", "" },
        { "-|-|550 no|-|451 4.3.0 no|-", "LFL", "" },
        { "-|-|450 no|-|554 5.3.0 no|-", "FLF", "" },
        { "-|-|550 no|-|-|451 4.3.0 later", "LFL", "" },
        { "-|-|450 no|-|-|554 5.6.0 spam", "FLF", "" },
        { "-|-|-|-|-|250-2.0.0 many\n250 2.0.0 lines", "DDD", "abc" },
        { "-|-|421 closing|-|-|-", "LLL", "" },
        { "-|550 no|421 closing|-|-|-", "FLL", "" },
        { "-|-|-|-|421 closing|-", "LLL", "" },
        { "-|354 what|-|-|-|-", "LLL", "" },
        { "-|-|-|-|250 what|-", "LLL", "" },
        { "-|-|-|-|334 what|-", "LLL", "" },
        { "-|-|-|-|-|354 what", "UUU", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Groups_and_single_commands_have_the_same_effect(string replies, string outcomes, string receivers)
    {
        var results = new List<string>();
        foreach (var pipelining in new[] { true, false })
        {
            await using var rig = new ClientRig(Script(replies, pipelining));
            await using var connection = await rig.OpenAsync();
            var result = await rig.SendAsync(connection, ClientRig.Message("x\r\n", "a@peer.test", "b@peer.test", "c@peer.test"));
            Assert.Equal(outcomes, ClientRig.Letters(result));
            // Nothing but the message itself, or a message of nothing to nobody, ever reaches its end.
            Assert.All(rig.Session.Messages, message => Assert.Equal(message.Recipients.Count == 0 ? "" : "x\r\n", Encoding.Latin1.GetString(message.Content)));
            Assert.Equal(receivers, string.Concat(rig.Peer.Taken.SelectMany(message => message.Recipients).Select(recipient => recipient["TO:<".Length])));
            Assert.False(rig.Session.SpokeEarly);
            results.Add(string.Join('\n', result.Recipients.Select(row => $"{row.Outcome.GetType().Name} {row.Outcome.Status} {row.Outcome.Text} {row.Trouble?.Scope}")));
        }
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public async Task Outcomes_carry_status_text_and_host()
    {
        await using var rig = new ClientRig(Script("-|550 5.1.1 no such user|450 wait|-|-|250 2.6.0 queued as 7", pipelining: true));
        var result = await rig.DeliverAsync(ClientRig.Message("x\r\n", "a@peer.test", "b@peer.test", "c@peer.test"));
        Assert.Equal(
            ["5.1.1 550 5.1.1 no such user", "4.0.0 450 wait", "2.6.0 250 2.6.0 queued as 7"],
            result.Recipients.Select(row => $"{row.Outcome.Status} {row.Outcome.Text}"));
        Assert.All(result.Recipients, row => Assert.Equal(ClientRig.Host, row.Outcome.RemoteHost));
        Assert.Equal([TroubleScope.Recipient, TroubleScope.Recipient, null], result.Recipients.Select(row => row.Trouble?.Scope));
        Assert.Null(result.Trouble);
    }

    [Fact]
    public async Task A_group_is_sent_at_once_and_single_commands_one_by_one()
    {
        foreach (var pipelining in new[] { true, false })
        {
            await using var rig = new ClientRig(Script("550 no|-|-|-|-|-", pipelining));
            await rig.DeliverAsync(ClientRig.Message("x\r\n", "a@peer.test", "b@peer.test"));
            string[] group = ["RCPT TO:<a@peer.test>", "RCPT TO:<b@peer.test>", "DATA"];
            Assert.Equal(
                ["EHLO client.test", "MAIL FROM:<sender@us.test> SIZE=3", .. pipelining ? group : [], "QUIT"], rig.Session.Lines);
        }
    }

    // What the first transaction was answered; what the second begins with; whether there can be a second at all.
    [Theory]
    [InlineData("-|-|-", "", true)]
    [InlineData("550 no", "RSET", true)]
    [InlineData("-|550 no", "RSET", true)]
    [InlineData("-|550 no|354 go on all the same", "RSET", true)]
    [InlineData("-|-|451 no", "RSET", true)]
    [InlineData("-|-|-|554 no", "", true)]
    [InlineData("421 no", "", false)]
    public async Task One_transaction_follows_another(string replies, string begins, bool canFollow)
    {
        foreach (var pipelining in new[] { true, false })
        {
            await using var rig = new ClientRig(Script(replies, pipelining, recipients: 1));
            await using var connection = await rig.OpenAsync();
            await rig.SendAsync(connection, ClientRig.Message("first\r\n"));
            Assert.Equal(canFollow, connection.IsUsable);
            if (!canFollow)
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => connection.SendAsync(ClientRig.Message(), () => true, CancellationToken.None));
                continue;
            }
            var before = rig.Session.Lines.Count;
            Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message("second\r\n"))));
            Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message("third\r\n"))));
            await connection.QuitAsync();
            Assert.Equal(begins == "RSET", rig.Session.Lines[before] == "RSET");
            Assert.Equal("third\r\n", Encoding.Latin1.GetString(rig.Peer.Taken[^1].Content));
            Assert.Equal("QUIT", rig.Session.Lines[^1]);
        }
    }

    [Theory]
    [InlineData("550 no")]
    [InlineData("450 no")]
    [InlineData("354 no")]
    public async Task A_server_that_does_not_take_RSET_is_left(string reply)
    {
        await using var rig = new ClientRig(Script("-|550 no", pipelining: true, recipients: 1).Saying(PeerStage.Reset, reply));
        await using var connection = await rig.OpenAsync();
        await rig.SendAsync(connection, ClientRig.Message());
        var result = await rig.SendAsync(connection, ClientRig.Message());
        Assert.Equal(("L", TroubleScope.Site, ClientStage.Reset), (ClientRig.Letters(result), result.Trouble!.Scope, result.Trouble.Stage));
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public async Task A_refused_chunk_ends_the_message_and_not_the_session()
    {
        await using var rig = new ClientRig(new PeerScript().Saying(PeerStage.Chunk, "552 5.3.4 too big", 0));
        await using var connection = await rig.OpenAsync();
        var message = ClientRig.Message(new string('x', 100_000)) with { Transfer = ContentTransfer.Chunks };
        var result = await rig.SendAsync(connection, message);
        Assert.Equal(("F", TroubleScope.Message), (ClientRig.Letters(result), result.Trouble!.Scope));
        Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message())));
        Assert.Contains("RSET", rig.Session.Lines);
    }

    // Extension taken away, what the message needs, the status.
    [Theory]
    [InlineData("8BITMIME", true, false, 10, "5.6.3")]
    [InlineData("SMTPUTF8", false, true, 10, "5.6.7")]
    [InlineData("", false, false, 104_857_601, "5.3.4")]
    public async Task What_the_server_cannot_take_is_not_sent(string without, bool eightBit, bool utf8, long length, string status)
    {
        var script = without.Length == 0 ? new PeerScript() : new PeerScript().Without(without);
        await using var rig = new ClientRig(script);
        await using var connection = await rig.OpenAsync();
        var result = await rig.SendAsync(connection, ClientRig.Message() with { EightBit = eightBit, Utf8 = utf8, Length = length });
        Assert.Equal(("F", TroubleScope.Message, status), (ClientRig.Letters(result), result.Trouble!.Scope, result.Trouble.Status.ToString()));
        Assert.True(connection.IsUsable);
        Assert.Single(rig.Session.Lines); // EHLO
        Assert.Equal("D", ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message())));
    }

    [Fact]
    public async Task Parameters_are_said_where_they_are_understood()
    {
        var message = ClientRig.Message("\xe4\r\n") with
        {
            ReversePath = null, EightBit = true, Utf8 = true, Return = ReturnRequest.Headers, EnvelopeId = "a+b=c d",
            Recipients =
            [
                new OutgoingRecipient(EmailAddress.Parse("\"a b\\\"\"@peer.test")) { Notify = Notify.Failure | Notify.Delay, Original = OriginalRecipient.Of(EmailAddress.Parse("x+y@us.test")) },
                new OutgoingRecipient(EmailAddress.Parse("b@[192.0.2.1]")) { Notify = Notify.Never },
            ],
        };
        await using var rig = new ClientRig(new PeerScript());
        await rig.DeliverAsync(message);
        Assert.Equal(
            [
                "EHLO client.test", "MAIL FROM:<> SIZE=3 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb+3Dc+20d",
                "RCPT TO:<\"a b\\\"\"@peer.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;x+2By@us.test", "RCPT TO:<b@[192.0.2.1]> NOTIFY=NEVER", "DATA", "QUIT",
            ],
            rig.Session.Lines);

        await using var plain = new ClientRig(new PeerScript { Extensions = ["8BITMIME", "SMTPUTF8"] });
        await plain.DeliverAsync(message with { Content = ClientRig.Message("\xe4\r\n").Content });
        Assert.Equal(["MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "RCPT TO:<\"a b\\\"\"@peer.test>"], plain.Session.Lines.Skip(1).Take(2));
    }

    [Fact]
    public async Task No_command_is_longer_than_512_octets()
    {
        var longest = EmailAddress.Parse($"{new string('l', 64)}@{string.Join('.', Enumerable.Repeat(new string('d', 61), 3))}.t");
        await using var rig = new ClientRig(new PeerScript());
        await rig.DeliverAsync(ClientRig.Message("x\r\n") with
        {
            ReversePath = longest, EightBit = true, Utf8 = true, Return = ReturnRequest.Full, EnvelopeId = new string('i', 100),
            Recipients = [new OutgoingRecipient(longest) { Notify = Notify.Success | Notify.Failure | Notify.Delay, Original = OriginalRecipient.Of(longest) }],
        });
        Assert.All(rig.Session.Lines, line => Assert.InRange(line.Length + 2, 1, 512));
        Assert.Single(rig.Peer.Taken);
        Assert.Contains(rig.Session.Lines, line => line.StartsWith("RCPT", StringComparison.Ordinal) && !line.Contains("ORCPT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData("a\u007fb")]
    public async Task A_line_with_a_character_that_none_may_have_is_not_written(string line)
    {
        using var clock = new SessionClock(TimeProvider.System, ClientRig.Budget);
        var written = new MemoryStream();
        await using var wire = new PeerWire(written, clock);
        Assert.Throws<InvalidOperationException>(() => wire.WriteLine(line));
        Assert.Throws<InvalidOperationException>(() => wire.WriteLine(new string('x', 511)));
        await wire.FlushAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, written.Length);
    }

    [Fact]
    public async Task A_hundred_recipients_and_no_more()
    {
        var names = Enumerable.Range(0, 100).Select(i => $"{new string('r', 60)}{i}@{new string('d', 60)}.peer.test").ToArray();
        await using var rig = new ClientRig(new PeerScript(), Over.Socket);
        await using var connection = await rig.OpenAsync();
        Assert.Equal(new string('D', 100), ClientRig.Letters(await rig.SendAsync(connection, ClientRig.Message("x\r\n", names))));
        Assert.Equal(100, Assert.Single(rig.Peer.Taken).Recipients.Count);
        await Assert.ThrowsAsync<ArgumentException>(
            () => connection.SendAsync(ClientRig.Message("x\r\n", [.. names, "one@more.test"]), () => true, CancellationToken.None));

        await using var narrow = new ClientRig(new PeerScript { Extensions = ["LIMITS RCPTMAX=2"] });
        await using var few = await narrow.OpenAsync();
        Assert.Equal(2, few.MaxRecipients);
    }

    [Fact]
    public async Task Replies_longer_than_what_buffers_hold_do_not_block_a_group()
    {
        // The server answers each command at length before it reads the next; nobody may wait for the other.
        var chatter = string.Concat(Enumerable.Range(0, 40).Select(_ => $"250-{new string('c', 500)}\n")) + "250 OK";
        var names = Enumerable.Range(0, 100).Select(i => $"{new string('r', 60)}{i}@{string.Join('.', Enumerable.Repeat(new string('d', 60), 3))}.test").ToArray();
        await using var rig = new ClientRig(new PeerScript().Saying(PeerStage.Rcpt, chatter));
        Assert.Equal(new string('D', 100), ClientRig.Letters(await rig.DeliverAsync(ClientRig.Message("x\r\n", names))));
    }

    [Fact]
    public async Task Cancelling_before_the_end_delivers_nothing()
    {
        await using var rig = new ClientRig(new PeerScript().With(PeerStage.Rcpt, new PeerAct.Stall()));
        await using var connection = await rig.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var sending = connection.SendAsync(ClientRig.Message(), () => true, cancel.Token);
        await rig.Peer.Stalled;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public async Task Cancelling_after_the_end_tells_that_nobody_knows()
    {
        await using var rig = new ClientRig(new PeerScript().With(PeerStage.End, new PeerAct.Stall()));
        await using var connection = await rig.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var sending = connection.SendAsync(ClientRig.Message(), () => true, cancel.Token);
        await rig.Peer.Stalled;
        await cancel.CancelAsync();
        Assert.Equal("U", ClientRig.Letters(Assert.IsType<SendResult.Ended>(await sending)));
    }

    [Fact]
    public async Task The_time_of_the_session_ends_every_wait()
    {
        var time = new FakeTime();
        await using var rig = new ClientRig(new PeerScript().With(PeerStage.End, new PeerAct.Stall()), time: time);
        await using var connection = await rig.OpenAsync();
        var begun = time.GetUtcNow();
        var result = await rig.SendAsync(connection, ClientRig.Message());
        Assert.Equal("U", ClientRig.Letters(result));
        Assert.InRange(time.GetUtcNow() - begun, ClientRig.Budget - TimeSpan.FromSeconds(10), ClientRig.Budget + TimeSpan.FromMinutes(1)); // not the ten minutes of RFC 5321
    }

    private static PeerScript Script(string replies, bool pipelining, int recipients = 3)
    {
        var script = pipelining ? new PeerScript() : new PeerScript().Without("PIPELINING");
        var parts = replies.Split('|');
        for (var i = 0; i < parts.Length; i++)
        {
            var (stage, number) = i == 0 ? (PeerStage.Mail, 0) : i <= recipients ? (PeerStage.Rcpt, i - 1) : (i == recipients + 1 ? PeerStage.Data : PeerStage.End, 0);
            if (parts[i] != "-")
                script = script.Saying(stage, parts[i], number);
        }
        return script;
    }
}
