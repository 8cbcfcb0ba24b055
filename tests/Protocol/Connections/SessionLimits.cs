// What a client may take of time and patience: each limit with its reply and its count.
using MailFunctions.Gateway;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig.Memory;
using MailFunctions.Wire;

namespace MailFunctions.Protocol.Connections;

public sealed class SessionLimits
{
    private const string Hundred = " and a folded line of exactly a hundred octets, its end with the line feed included, that is a lot\r\n";
    private static readonly string[] ToContent = ["EHLO c.test", "MAIL FROM:<a@far.test>", "RCPT TO:<alice@us.test>", "DATA"];

    [Fact]
    public async Task LIM_01_one_octet_every_ten_seconds_does_not_keep_a_command_open()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        var end = client.ReadToEndAsync();
        var octets = 0;
        for (; !end.IsCompleted && octets < 100; octets++)
        {
            await client.SendAsync("N");
            await Task.Delay(20);
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(end, Task.Delay(20));
        }
        Assert.Equal("421 4.4.2 Timeout, closing connection\r\n", await end);
        Assert.InRange(octets, 6, 12); // the clock of the test may run ahead of the session, but never to five minutes
        Assert.Equal(1, rig.Meters["limits Command"]);
    }

    [Fact]
    public async Task LIM_01_one_octet_every_ten_seconds_does_not_keep_content_open()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(time: time);
        await using var client = await InContentAsync(rig);
        var end = client.ReadToEndAsync();
        for (var octets = 0; !end.IsCompleted && octets < 100; octets++)
        {
            await client.SendAsync("x");
            await Task.Delay(20);
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(end, Task.Delay(20));
        }
        Assert.Equal("421 4.4.2 Timeout, closing connection\r\n", await end);
        Assert.Equal(1, rig.Meters["limits MinBytesPerSecond"]);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    // Octets at the end of each wait, the seconds of each, how many of them; and whether they all are allowed.
    public static TheoryData<string, int, double, int, bool> Paces => new()
    {
        { "fast enough", 5_000, 10, 30, true },
        { "exactly fast enough", 500, 1, 300, true },
        { "too slow", 499, 1.5, 300, false },
        { "a window with nothing", 0, 31, 1, false },
        { "a window with nothing behind one with enough", 15_000, 29, 1, true },
    };

    [Theory, MemberData(nameof(Paces))]
    public void The_pace_of_content_is_measured_in_windows_of_thirty_seconds(string row, int octets, double seconds, int times, bool allowed)
    {
        var pace = new Gateway.Connections.ContentPace(new ChunkReader(System.IO.Pipelines.PipeReader.Create(Stream.Null)), new WireLimits());
        var all = true;
        for (var i = 0; i < times && all; i++)
        {
            all = pace.Allowance >= TimeSpan.FromSeconds(seconds);
            pace.Add(octets, TimeSpan.FromSeconds(seconds));
        }
        Assert.True(all == allowed, row);
    }

    [Fact]
    public async Task A_session_without_login_ends_after_thirty_minutes_however_busy_it_is()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(options => options.Limits.CommandsWithoutMail = 1_000, time: time);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        for (var minute = 0; minute < 29; minute++)
        {
            Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(end, Task.Delay(20));
        }
        Assert.Equal("421 4.4.2 Timeout, closing connection\r\n", await end);
        Assert.Equal(1, rig.Meters["limits Session"]);
    }

    [Theory]
    [InlineData("NOOP")]
    [InlineData("RSET")]
    [InlineData("VRFY alice")]
    [InlineData("EHLO c.test")]
    [InlineData("HELO c.test")]
    [InlineData("HELP")]
    public async Task A_hundred_commands_without_mail_are_enough(string command)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        for (var i = 0; i < 100; i++)
            Assert.StartsWith("2", await client.AskAsync(command), StringComparison.Ordinal);
        Assert.Equal("421 4.7.0 Too many commands without mail, closing connection", await client.AskAsync(command));
        Assert.Null(await client.ReadReplyAsync());
        Assert.Equal(1, rig.Meters["limits CommandsWithoutMail"]);
    }

    [Fact]
    public async Task A_message_pays_for_the_commands_before_it()
    {
        await using var rig = new SmtpRig();
        await using var client = await InContentAsync(rig, "NOOP", 90);
        Assert.StartsWith("250", await client.AskAsync("x\r\n."), StringComparison.Ordinal);
        for (var i = 0; i < 100; i++)
            Assert.StartsWith("250", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.StartsWith("421", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.Equal(1, rig.Meters["messages accepted"]);
    }

    [Fact]
    public async Task AU_06_from_the_eleventh_on_an_error_costs_a_second_and_the_twentieth_the_session()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(time: time, limits: new WireLimits());
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        for (var i = 0; i < 10; i++)
            Assert.StartsWith("500", await client.AskAsync("X"), StringComparison.Ordinal);
        for (var i = 10; i < 19; i++)
        {
            await client.SendAsync("X\r\n");
            var reply = client.ReadReplyAsync();
            Assert.NotSame(reply, await Task.WhenAny(reply, Task.Delay(30)));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.StartsWith("500", await reply, StringComparison.Ordinal);
        }
        Assert.StartsWith("500", await client.AskAsync("X"), StringComparison.Ordinal);
        Assert.StartsWith("421 4.7.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal((9, 1), (rig.Meters["limits ErrorsBeforePause"], rig.Meters["limits Errors"]));
    }

    [Theory]
    [InlineData("Smtp", "EHLO c.test\r\n")]
    [InlineData("Submission", "\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("Smtp", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    public async Task SMG_22_TLS_04_who_talks_before_the_greeting_is_sent_away(string listener, string early)
    {
        await using var rig = new SmtpRig();
        await using var client = new MemoryClient(async context =>
        {
            context.Transport.Input.AdvanceTo((await context.Transport.Input.ReadAsync()).Buffer.Start);
            await rig.HandlerOf(listener).OnConnectedAsync(context);
        }) { WaitsForGreeting = false };
        await client.SendAsync(early);
        Assert.Equal("554 5.5.0 Wait for the greeting, closing connection\r\n", await client.ReadToEndAsync());
        Assert.Equal(1, rig.Meters[$"refused {listener} EarlyTalker"]);
        Assert.Equal(0, rig.Meters[$"connections {listener}"]);
    }

    [Theory]
    [InlineData("Smtp")]
    [InlineData("Submission")]
    public async Task TLS_04_a_ClientHello_in_clear_is_hung_up_on_at_once(string listener)
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect(listener);
        await client.ReadReplyAsync();
        await client.SendAsync("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
        Assert.Null(await client.ReadReplyAsync());
    }

    [Fact]
    public async Task TLS_04_a_ClientHello_in_clear_is_hung_up_on_at_once_by_POP3()
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        await client.SendAsync("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task LIM_06_a_client_that_never_reads_its_replies_is_dropped()
    {
        var time = new ManualTime();
        await using var rig = new SmtpRig(options => options.Limits.CommandsWithoutMail = 1_000_000, time: time);
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        var sending = client.SendAsync(string.Concat(Enumerable.Repeat("HELP\r\n", 100_000)));
        while (rig.Meters["limits Write"] == 0)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(20);
        }
        await client.Ended;
        await sending;
        Assert.Equal(0, rig.Meters["connections Smtp"]);
    }

    [Fact]
    public async Task LIM_02_a_line_of_ten_megabytes_without_an_end_is_refused_in_commands_and_in_content()
    {
        await using var rig = new SmtpRig(options => options.MaxMessageBytes = 50_000_000);
        await using (var client = rig.Connect())
        {
            await client.ReadReplyAsync();
            Assert.StartsWith("500 5.5.6", await client.AskAsync(new string('x', 10_000_000)), StringComparison.Ordinal);
        }
        await using var other = await InContentAsync(rig);
        Assert.StartsWith("550 5.6.0", await other.AskAsync(new string('x', 10_000_000) + "\r\n."), StringComparison.Ordinal);
        Assert.Empty(rig.Stores.Spool.Ids);
    }

    [Theory]
    [InlineData(65_536, "250")]
    [InlineData(65_537, "550 5.6.0")]
    public async Task A_line_of_content_may_have_64_KiB(int octets, string reply)
    {
        await using var rig = new SmtpRig();
        await using var client = await InContentAsync(rig);
        Assert.StartsWith(reply, await client.AskAsync($"\r\n{new string('x', octets)}\r\n."), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X: y\r\n", 1_000_000, "HeaderFields")]
    [InlineData("X: a field of 300 octets in all\r\n" + Hundred + Hundred + " behind the folds of two hundred and more\r\n", 990, "HeaderBytes")]
    [InlineData(" folded\r\n", 1_000_000, "HeaderFieldBytes")]
    public async Task LIM_03_a_header_without_end_is_refused(string line, int times, string limit)
    {
        await using var rig = new SmtpRig(options => options.MaxMessageBytes = 50_000_000);
        await using var client = await InContentAsync(rig);
        await client.SendAsync("A: b\r\n");
        Assert.StartsWith("550 5.6.0", await client.AskAsync(string.Concat(Enumerable.Repeat(line, times)) + "\r\n."), StringComparison.Ordinal);
        Assert.Equal((1, 1), (rig.Meters[$"limits {limit}"], rig.Meters["messages refused"]));
    }

    [Theory]
    [InlineData(65_536, "250 2.0.0")]
    [InlineData(65_537, "550 5.6.0 Message header is too big")]
    public async Task LIM_03_a_field_of_the_header_may_have_64_KiB_with_all_its_folds(int octets, string reply)
    {
        await using var rig = new SmtpRig();
        await using var client = await InContentAsync(rig);
        var folds = string.Concat(Enumerable.Repeat(Hundred, 655));
        var field = "X:\r\n" + folds + " " + new string('x', octets - folds.Length - 7) + "\r\n";
        Assert.Equal(octets, field.Length);
        Assert.StartsWith(reply, await client.AskAsync($"A: b\r\n{field}C: d\r\n\r\n."), StringComparison.Ordinal);
        Assert.Equal(reply[0] == '2' ? 0 : 1, rig.Meters["limits HeaderFieldBytes"]);
    }

    [Fact]
    public async Task Before_the_login_POP3_takes_a_hundred_commands()
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        for (var i = 0; i < 100; i++)
            Assert.StartsWith("+OK", await client.SayAsync("USER x"), StringComparison.Ordinal);
        Assert.Equal("-ERR Too many commands without a login, closing connection", await client.SayAsync("USER x"));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public void A_limit_out_of_its_range_names_its_key_and_what_is_allowed()
    {
        var options = new GatewayOptions { Hostname = "mx.us.test" };
        options.Limits.MinBytesPerSecond = 0;
        options.Limits.Idle = TimeSpan.Zero;
        var result = new GatewayOptionsValidation().Validate(null, options);
        Assert.Contains("Mail:Limits:MinBytesPerSecond is 0: 1 to 1000000 are allowed.", result.Failures!);
        Assert.Contains("Mail:Limits:Idle is 00:00:00: 00:00:10 to 01:00:00 are allowed.", result.Failures!);
    }

    private static async Task<MemoryClient> InContentAsync(SmtpRig rig, string before = "NOOP", int times = 0)
    {
        var client = rig.Connect();
        await client.ReadReplyAsync();
        for (var i = 0; i < times; i++)
            await client.AskAsync(before);
        foreach (var line in ToContent)
            await client.AskAsync(line);
        return client;
    }
}
