// What was ever done to the upgrade to TLS, done at each listener.
using System.Security.Authentication;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Protocol.Connections;

public sealed class TlsAttacks
{
    // CVE-2011-0411: what a third party has put behind the command in clear must be neither answered nor run, and no session goes on over it.
    [Theory]
    [MemberData(nameof(Edge.InClear), MemberType = typeof(Edge))]
    public async Task TLS_03_the_command_and_what_was_injected_behind_it_end_the_session_wherever_the_network_cuts_them(string listener)
    {
        var random = new Random(3);
        await using var edge = new Edge();
        var (command, reply) = Edge.Upgrade(listener);
        for (var round = 0; round < 340; round++)
        {
            await using var client = await edge.ConnectInClearAsync(listener);
            var octets = command + "\r\nNOOP\r\n";
            for (var at = 0; at < octets.Length;)
            {
                var end = Math.Min(octets.Length, at + random.Next(1, octets.Length));
                await client.SendAsync(octets[at..end]);
                for (var wait = random.Next(4); wait > 0; wait--)
                    await Task.Yield();
                at = end;
            }
            Assert.StartsWith(reply, await client.ReadLineAsync(), StringComparison.Ordinal);
            if (round % 2 == 0)
                await Assert.ThrowsAnyAsync<Exception>(() => client.StartTlsAsync()); // the handshake of the client that knows nothing of it
            else
                Assert.DoesNotContain("OK", await client.ReadToEndAsync(), StringComparison.Ordinal); // at most an alert of TLS
            await client.Ended;
        }
    }

    [Theory]
    [MemberData(nameof(Edge.InClear), MemberType = typeof(Edge))]
    public async Task TLS_06_in_clear_no_password_is_asked_for_nor_taken(string listener)
    {
        await using var edge = new Edge();
        await using var client = await edge.ConnectInClearAsync(listener);
        if (Edge.Row(listener).Service == Service.Pop3)
        {
            await client.SendAsync("CAPA\r\nUSER alice@example.test\r\nPASS secret\r\nAUTH PLAIN\r\nQUIT\r\n");
            var answers = await client.ReadToEndAsync();
            Assert.DoesNotContain("SASL", answers, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\nUSER\r\n", answers, StringComparison.Ordinal);
            Assert.Equal(3, answers.Split("-ERR [AUTH] No passwords in clear, use TLS first\r\n").Length - 1);
            Assert.DoesNotContain("+OK Logged in", answers, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n+ ", answers, StringComparison.Ordinal);
            return;
        }
        Assert.DoesNotContain("AUTH", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        var refusal = Edge.Row(listener).Service == Service.Submit ? "538 5.7.11" : "502 5.5.1";
        Assert.StartsWith(refusal, await client.AskAsync("AUTH PLAIN AGFsaWNlQHVzLnRlc3QAb3BlbiBzZXNhbWU="), StringComparison.Ordinal);
        Assert.StartsWith(refusal, await client.AskAsync("AUTH LOGIN"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Edge.All), MemberType = typeof(Edge))]
    public async Task TLS_07_TLS_begins_once_outside_of_everything_and_without_an_argument(string listener)
    {
        await using var edge = new Edge();
        var (command, _) = Edge.Upgrade(listener);
        var isPop3 = Edge.Row(listener).Service == Service.Pop3;
        if (Edge.Row(listener).Tls == TlsMode.Upgrade)
        {
            await using var clear = await edge.ConnectInClearAsync(listener);
            Assert.StartsWith(isPop3 ? "-ERR This command takes no argument" : "501", await Edge.AskAsync(clear, command + " now"), StringComparison.Ordinal);
            if (listener == "Smtp")
            {
                await clear.AskAsync("MAIL FROM:<a@far.test>");
                Assert.StartsWith("503", await clear.AskAsync(command), StringComparison.Ordinal);
            }
        }
        await using var client = await edge.ConnectToHandshakeAsync(listener);
        await client.StartTlsAsync();
        if (Edge.Row(listener).Tls == TlsMode.Implicit)
            Assert.StartsWith(Edge.Greeting(listener), await client.ReadLineAsync(), StringComparison.Ordinal);
        if (!isPop3)
        {
            Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
            Assert.StartsWith("503", await client.AskAsync(command), StringComparison.Ordinal);
            return;
        }
        Assert.StartsWith("-ERR", await Edge.AskAsync(client, command), StringComparison.Ordinal);
        await Edge.AskAsync(client, "USER alice@example.test");
        Assert.Equal("+OK Logged in", await Edge.AskAsync(client, "PASS secret"));
        Assert.StartsWith("-ERR", await Edge.AskAsync(client, command), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Edge.All), MemberType = typeof(Edge))]
    public async Task TLS_10_old_versions_and_renegotiation_are_refused_at_every_listener(string listener)
    {
        await using var edge = new Edge();
#pragma warning disable SYSLIB0039, CA5397 // old protocols, to see that they are refused
        foreach (var old in (SslProtocols[])[SslProtocols.Tls, SslProtocols.Tls11])
#pragma warning restore SYSLIB0039, CA5397
        {
            await using var client = await edge.ConnectToHandshakeAsync(listener);
            await Assert.ThrowsAnyAsync<Exception>(() => client.StartTlsAsync(old));
        }
        Assert.False(edge.Tls(listener).AllowRenegotiation);
    }

    // A session that was kept or put into a ticket at one listener could be taken up at another (Postfix, 2026-08-05): there are none to take up.
    [Theory]
    [MemberData(nameof(Edge.All), MemberType = typeof(Edge))]
    public async Task TLS_11_no_listener_gives_out_what_a_session_could_be_taken_up_with(string listener)
    {
        await using var edge = new Edge();
        Assert.False(edge.Tls(listener).AllowTlsResume);
        for (var visit = 0; visit < 2; visit++)
        {
            await using var client = await edge.ConnectToHandshakeAsync(listener);
            var start = client.Wire.Length;
            await client.StartTlsAsync(SslProtocols.Tls12);
            var messages = HandshakeMessages(client.Wire.AsSpan(start));
            Assert.Contains(Certificate, messages); // a whole handshake, also the second time
            Assert.DoesNotContain(NewSessionTicket, messages);
        }
    }

    // ALPACA: a browser's request, whose body would be commands.
    [Theory]
    [MemberData(nameof(Edge.All), MemberType = typeof(Edge))]
    public async Task TLS_12_a_client_of_another_protocol_is_hung_up_on(string listener)
    {
        string[] lines = ["GET / HTTP/1.1", "post /mail HTTP/1.0", "CONNECT mx.us.test:25 HTTP/1.1", "Host: mx.us.test", "X-A:b", "{\"a\": 1}", "\u0080\u0001", "--x", "<a>"];
        await using var edge = new Edge();
        var isPop3 = Edge.Row(listener).Service == Service.Pop3;
        var body = isPop3 ? "USER alice@example.test\r\nPASS secret\r\n" : "EHLO c.test\r\nMAIL FROM:<x@far.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\nx\r\n.\r\n";
        foreach (var line in lines)
        {
            await using var client = edge.Connect(listener);
            if (Edge.Row(listener).Tls == TlsMode.Implicit)
                await client.StartTlsAsync();
            await client.ReadLineAsync();
            await client.SendAsync($"{line}\r\n{body}QUIT\r\n");
            Assert.Equal(isPop3 ? "-ERR This is POP3, closing connection\r\n" : "554 5.5.0 This is SMTP, closing connection\r\n", await client.ReadToEndAsync());
        }
        Assert.Equal(0, edge.Stored);
    }

    [Theory]
    [MemberData(nameof(Edge.All), MemberType = typeof(Edge))]
    public async Task TLS_13_a_handshake_that_stalls_for_ten_seconds_is_over(string listener)
    {
        await using var edge = new Edge();
        await using var client = await edge.ConnectToHandshakeAsync(listener);
        await client.SendAsync("\u0016\u0003\u0001");
        var seconds = 0;
        for (; !client.Ended.IsCompleted; seconds++)
        {
            Assert.InRange(seconds, 0, 1_000);
            edge.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(client.Ended, Task.Delay(20));
        }
        Assert.True(seconds >= 10);
        Assert.Equal(1, edge.Meters(listener)["limits Handshake"]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", true)]
    [InlineData("GET", false)]
    [InlineData("gets x", false)]
    [InlineData("DELETE x", true)]
    [InlineData("DELE 1", false)]
    [InlineData("Host:", true)]
    [InlineData("MAIL FROM:<a@b.test>", false)]
    [InlineData("MAIL:x", true)]
    [InlineData(":", true)]
    [InlineData("", false)]
    [InlineData(" STAT", false)]
    [InlineData("1", true)]
    [InlineData("XYZZY", false)]
    public void A_line_is_of_another_protocol_or_it_is_not(string line, bool expected) =>
        Assert.Equal(expected, ForeignProtocol.Speaks(System.Text.Encoding.Latin1.GetBytes(line)));

    private const byte NewSessionTicket = 4;
    private const byte Certificate = 11;

    // The types of the handshake messages in clear, which are those before ChangeCipherSpec (RFC 5246 6.2.1, 7.4).
    private static List<byte> HandshakeMessages(ReadOnlySpan<byte> wire)
    {
        var content = new List<byte>();
        while (wire.Length >= 5 && wire[0] == 22)
        {
            var length = wire[3] << 8 | wire[4];
            content.AddRange(wire.Slice(5, length));
            wire = wire[(5 + length)..];
        }
        var types = new List<byte>();
        for (var at = 0; at + 4 <= content.Count; at += 4 + (content[at + 1] << 16 | content[at + 2] << 8 | content[at + 3]))
            types.Add(content[at]);
        return types;
    }
}
