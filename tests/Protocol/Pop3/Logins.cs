// Who gets in, over which connections, and what everybody else is told.
namespace MailFunctions.Protocol.Pop3;

public sealed class Logins
{
    private const string Refused = "-ERR [AUTH] Login failed";
    private const string NoClear = "-ERR [AUTH] No passwords in clear, use TLS first";

    [Theory]
    [InlineData("alice@example.test", "wrong", Refused)]
    [InlineData("alice@example.test", "secret ", Refused)]
    [InlineData("alice@example.test", " secret", Refused)]
    [InlineData("alice@example.test", "", Refused)]
    [InlineData("nobody@example.test", "secret", Refused)]
    [InlineData("alice", "secret", Refused)]
    [InlineData("\xff\xfe", "secret", Refused)]
    [InlineData("alice@example.test", "secret", "+OK Logged in")]
    [InlineData("Alice@EXAMPLE.test", "secret", "+OK Logged in")]
    [InlineData("bob@example.test", " with  spaces ", "+OK Logged in")]
    public async Task A_login_is_answered(string user, string password, string expected)
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        Assert.Equal("+OK Send PASS", await client.SayAsync($"USER {user}"));
        Assert.Equal(expected, await client.SayAsync($"PASS {password}"));
        Assert.DoesNotContain("secret", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_needs_a_name_before_it_every_time()
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        await client.SayAsync("USER alice@example.test");
        Assert.Equal(Refused, await client.SayAsync("PASS wrong"));
        Assert.Equal("-ERR Say USER first", await client.SayAsync("PASS secret"));
    }

    [Fact]
    public async Task Three_refused_logins_end_the_connection()
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SayAsync("USER alice@example.test");
            Assert.Equal(Refused, await client.SayAsync("PASS wrong"));
        }
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_login_that_cannot_be_checked_is_no_refused_login()
    {
        await using var server = new Pop3Server();
        server.Directory.IsDown = true;
        var client = server.Connect();
        await client.ReadLineAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SayAsync("USER alice@example.test");
            Assert.Equal("-ERR [SYS/TEMP] Login is not possible now, try again later", await client.SayAsync("PASS secret"));
        }
        server.Directory.IsDown = false;
        await client.SayAsync("USER alice@example.test");
        Assert.Equal("+OK Logged in", await client.SayAsync("PASS secret"));
    }

    [Theory]
    [InlineData("Lock")]
    [InlineData("List")]
    public async Task Storage_that_does_not_answer_leaves_the_maildrop_free(string call)
    {
        await using var server = new Pop3Server();
        server.Maildrop.Fail(call);
        var client = server.Connect();
        await client.LogInAsync("-ERR [SYS/TEMP] Login is not possible now, try again later");
        Assert.False(server.Maildrop.IsHeld);
        Assert.Equal("-ERR Command not known here", await client.SayAsync("STAT"));
        server.Maildrop.Fail("");
        await client.SayAsync("USER alice@example.test");
        Assert.Equal("+OK Logged in", await client.SayAsync("PASS secret"));
    }

    [Theory]
    [InlineData("203.0.113.5", false, false)]
    [InlineData("10.0.0.1", false, false)]
    [InlineData("::ffff:203.0.113.5", false, false)]
    [InlineData("127.0.0.1", true, false)] // a proxy stands between: that is not the client's address
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    public async Task Passwords_are_taken_in_clear_from_this_machine_only(string address, bool addressHidden, bool allowed)
    {
        await using var server = new Pop3Server(addressHidden: addressHidden);
        var client = server.Connect(address: address);
        await client.ReadLineAsync();
        await client.SayAsync("CAPA");
        Assert.Equal(allowed, (await client.ReadContentAsync()).Contains("\r\nUSER\r\n", StringComparison.Ordinal));
        Assert.Equal(allowed ? "+OK Send PASS" : NoClear, await client.SayAsync("USER alice@example.test"));
        Assert.Equal(allowed ? "+OK Logged in" : NoClear, await client.SayAsync("PASS secret"));
        Assert.Equal(allowed ? 1 : 0, server.Directory.Questions);
    }

    [Fact]
    public async Task Too_many_connections_of_one_address_are_told_so()
    {
        await using var server = new Pop3Server(connectionsPerAddress: 1);
        var first = server.Connect();
        await first.ReadLineAsync();
        Assert.Equal("-ERR [SYS/TEMP] Too many connections, try again later\r\n", await server.Connect().ReadToEndAsync());
        Assert.Equal("", await server.Connect("Pop3s").ReadToEndAsync());
        await first.SayAsync("QUIT");
        await first.ReadToEndAsync();
        Assert.StartsWith("+OK ", await server.Connect().ReadLineAsync());
    }

    [Fact]
    public async Task PO_08_a_second_session_finds_the_maildrop_in_use_and_no_longer_when_the_first_has_its_answer_to_QUIT()
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\n");
        var first = await server.LogInAsync();
        var second = server.Connect();
        await second.LogInAsync("-ERR [IN-USE] Mailbox is in use by another session");
        await first.SayAsync("DELE 1");
        Assert.Equal("+OK Bye, marked messages are deleted", await first.SayAsync("QUIT"));
        await second.SayAsync("USER alice@example.test");
        Assert.Equal("+OK Logged in", await second.SayAsync("PASS secret"));
        Assert.Equal("+OK 0 0", await second.SayAsync("STAT"));
    }
}
