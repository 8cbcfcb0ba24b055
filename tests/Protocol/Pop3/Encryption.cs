// POP3 under TLS, from the first octet or after STLS.
namespace MailFunctions.Protocol.Pop3;

public sealed class Encryption
{
    private const string Elsewhere = "203.0.113.5";

    [Fact]
    public async Task After_STLS_passwords_are_taken_and_STLS_is_no_longer_offered()
    {
        await using var server = new Pop3Server();
        var client = server.Connect(address: Elsewhere);
        await client.ReadLineAsync();
        await client.SayAsync("CAPA");
        Assert.Contains("STLS\r\n", await client.ReadContentAsync(), StringComparison.Ordinal);
        Assert.Equal("+OK Begin TLS", await client.SayAsync("STLS"));
        await client.StartTlsAsync();
        await client.SayAsync("CAPA");
        var capabilities = await client.ReadContentAsync();
        Assert.Contains("\r\nUSER\r\n", capabilities, StringComparison.Ordinal);
        Assert.DoesNotContain("STLS", capabilities, StringComparison.Ordinal);
        Assert.Equal("-ERR TLS is active or not to be had", await client.SayAsync("STLS"));
        await client.SayAsync("USER alice@example.test");
        Assert.Equal("+OK Logged in", await client.SayAsync("PASS secret"));
        Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task TLS_05_what_was_said_in_clear_is_forgotten()
    {
        await using var server = new Pop3Server();
        var client = server.Connect();
        await client.ReadLineAsync();
        await client.SayAsync("USER alice@example.test");
        await client.SayAsync("STLS");
        await client.StartTlsAsync();
        Assert.Equal("-ERR Say USER first", await client.SayAsync("PASS secret"));
    }

    [Theory]
    [InlineData("CAPA\r\n")]
    [InlineData("USER mallory@example.test\r\nPASS x\r\n")]
    [InlineData("N")]
    public async Task PO_01_TLS_02_a_command_pipelined_behind_STLS_closes_the_connection(string injected)
    {
        await using var server = new Pop3Server();
        var client = server.Connect(address: Elsewhere);
        await client.ReadLineAsync();
        await client.SendAsync($"STLS\r\n{injected}");
        Assert.Equal("+OK Begin TLS\r\n", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_a_certificate_STLS_is_not_offered()
    {
        await using var server = new Pop3Server(withCertificate: false);
        var client = server.Connect();
        await client.ReadLineAsync();
        await client.SayAsync("CAPA");
        Assert.DoesNotContain("STLS", await client.ReadContentAsync(), StringComparison.Ordinal);
        Assert.Equal("-ERR TLS is active or not to be had", await client.SayAsync("STLS"));
    }

    [Fact]
    public async Task Pop3s_begins_with_the_handshake_even_if_that_was_there_before_the_gateway_looked()
    {
        await using var server = new Pop3Server().With("a: b\r\n\r\nunder TLS\r\n");
        for (var i = 0; i < 20; i++)
        {
            var client = server.Connect("Pop3s", Elsewhere);
            await client.StartTlsAsync();
            await client.LogInAsync();
            Assert.Equal("+OK 19 octets", await client.SayAsync("RETR 1"));
            Assert.Equal("a: b\r\n\r\nunder TLS\r\n", await client.ReadContentAsync());
            Assert.Equal("+OK Bye", await client.SayAsync("QUIT"));
            Assert.Equal("", await client.ReadToEndAsync());
        }
    }

    [Theory]
    [InlineData("Pop3", "STLS\r\n")]
    [InlineData("Pop3s", "")]
    public async Task A_handshake_that_stalls_for_ten_seconds_is_over(string listener, string first)
    {
        await using var server = new Pop3Server();
        var client = server.Connect(listener, Elsewhere);
        await client.SendAsync(first);
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromSeconds(10)));
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task Clear_text_at_Pop3s_is_answered_by_nothing_that_looks_like_POP3()
    {
        await using var server = new Pop3Server();
        var client = server.Connect("Pop3s");
        await client.SendAsync("USER alice@example.test\r\nPASS secret\r\n");
        Assert.DoesNotContain("+OK", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so_under_TLS_too()
    {
        await using var server = new Pop3Server();
        var client = server.Connect("Pop3s", Elsewhere);
        await client.StartTlsAsync();
        await client.LogInAsync();
        await Pop3Server.UntilAsync(() => server.Clock.IsWaiting(TimeSpan.FromMinutes(10)));
        client.Stop();
        Assert.StartsWith("-ERR [SYS/TEMP] ", await client.ReadToEndAsync());
    }
}
