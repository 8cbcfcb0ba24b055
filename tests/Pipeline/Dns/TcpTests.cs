// Questions over real connections, to servers that keep the rules and others.
using System.Net.Sockets;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Dns;

public sealed class TcpTests
{
    private static readonly DnsName Name = DnsName.Parse("example.test");
    private static readonly Query Question = Query.WithEdns(Name, RecordType.A, octets => octets.Fill(0x55));

    private static Task<Exchange> AskAsync(ScriptedServer server, double seconds = 30) =>
        new TcpTransport(TimeProvider.System).AskAsync(server.Address, Question, TimeSpan.FromSeconds(seconds), CancellationToken.None);

    // What is sent for a question, and what is made of it: "+" for an answer.
    public static TheoryData<string, Func<byte[], byte[]>, string> Rows => new()
    {
        { "the answer", query => ScriptedServer.Framed(ScriptedServer.Truth(query)), "+" },
        { "the answer and more", query => [.. ScriptedServer.Framed(ScriptedServer.Truth(query)), 1, 2, 3], "+" },
        { "other case", query => ScriptedServer.Framed(ScriptedServer.To(query).Question(octet => (byte)char.ToUpperInvariant((char)octet)).Build()), "+" },
        { "nothing", _ => [], "Malformed" },
        { "half a length", _ => [0], "Malformed" },
        { "a length and nothing", _ => [0, 50], "Malformed" },
        { "a length of nothing", _ => [0, 0], "Malformed" },
        { "a length of one", _ => [0, 1, 0], "Malformed" },
        { "a length too large", query => [0xff, 0xff, .. ScriptedServer.Truth(query)], "Malformed" },
        { "a length one too large", query => [0, (byte)(ScriptedServer.Truth(query).Length + 1), .. ScriptedServer.Truth(query)], "Malformed" },
        { "a length one too small", query => [0, (byte)(ScriptedServer.Truth(query).Length - 1), .. ScriptedServer.Truth(query)], "Malformed" },
        { "no length", query => ScriptedServer.Truth(query), "Malformed" },
        { "another id", query => ScriptedServer.Framed(ScriptedServer.To(query).ShiftId(1).Build()), "Malformed" },
        { "another name", query => ScriptedServer.Framed(ScriptedServer.To(query).Question([.. ResponseBuilder.Name("example.tesu"), 0, 1, 0, 1]).Build()), "Malformed" },
        { "the question", query => ScriptedServer.Framed(query), "Malformed" },
        { "cut short here too", query => ScriptedServer.Framed(ScriptedServer.To(query).Set(0x0200).Build()), "Malformed" },
        { "a false count", query => ScriptedServer.Framed(ScriptedServer.To(query).Count(6, 1).Build()), "Malformed" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task DN_02_what_is_sent_is_an_answer_or_trouble(string what, Func<byte[], byte[]> reply, string expected)
    {
        await using var server = new ScriptedServer { Tcp = async (query, stream, end) => await stream.WriteAsync(reply(query), end) };
        Assert.Equal((what, expected), (what, Say(await AskAsync(server))));
    }

    [Fact]
    public async Task An_answer_that_comes_octet_by_octet_is_put_together()
    {
        await using var server = new ScriptedServer
        {
            Tcp = async (query, stream, end) =>
            {
                stream.Socket.NoDelay = true;
                foreach (var octet in ScriptedServer.Framed(ScriptedServer.Truth(query)))
                    await stream.WriteAsync(new[] { octet }, end);
            },
        };
        Assert.Equal("+", Say(await AskAsync(server)));
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("drip")]
    [InlineData("too few")]
    public async Task Patience_ends_however_the_server_keeps_the_connection(string what)
    {
        await using var server = new ScriptedServer
        {
            Tcp = async (query, stream, end) =>
            {
                var message = ScriptedServer.Framed(ScriptedServer.Truth(query));
                if (what == "too few")
                    await stream.WriteAsync(message.AsMemory(0, 20), end);
                for (var i = 0; what == "drip" && i < message.Length; i++)
                {
                    await stream.WriteAsync(message.AsMemory(i, 1), end);
                    await Task.Delay(200, end);
                }
                await Task.Delay(Timeout.Infinite, end);
            },
        };
        Assert.Equal("TimedOut", Say(await AskAsync(server, 0.3)));
    }

    [Fact]
    public async Task A_connection_that_is_reset_or_refused_is_unreachable()
    {
        var server = new ScriptedServer
        {
            Tcp = (_, stream, _) =>
            {
                stream.Socket.LingerState = new LingerOption(true, 0);
                stream.Socket.Dispose();
                return Task.CompletedTask;
            },
        };
        Assert.Equal("Unreachable", Say(await AskAsync(server)));
        await server.DisposeAsync();
        Assert.Equal("Unreachable", Say(await AskAsync(server)));
    }

    [Fact]
    public async Task A_caller_may_give_up()
    {
        await using var server = new ScriptedServer { Tcp = (_, _, end) => Task.Delay(Timeout.Infinite, end) };
        using var caller = new CancellationTokenSource();
        var asking = new TcpTransport(TimeProvider.System).AskAsync(server.Address, Question, TimeSpan.FromMinutes(1), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task An_answer_of_64_KiB_is_read_whole()
    {
        await using var server = new ScriptedServer
        {
            Udp = (_, query, send) => send(ScriptedServer.To(query).Set(0x0200).Build()),
            Tcp = async (query, stream, end) =>
            {
                var response = ScriptedServer.To(query).Answer("example.test", ResponseBuilder.Txt, 60, [.. Enumerable.Range(0, 250).SelectMany(i => ResponseBuilder.TxtData(new string((char)i, 255)))]);
                await stream.WriteAsync(ScriptedServer.Framed(response.Build()), end);
            },
        };
        var found = Assert.IsType<Answer<TxtRecord>.Found>(await server.Resolver().QueryAsync<TxtRecord>(Name, CancellationToken.None));
        Assert.Equal(string.Concat(Enumerable.Range(0, 250).Select(i => new string((char)i, 255))), Assert.Single(found.Records).Text);
        Assert.Equal((1, 1), (server.OverUdp, server.OverTcp));
    }

    private static string Say(Exchange exchange) => exchange switch
    {
        Exchange.Answered => "+",
        Exchange.Failed failed => failed.Trouble.ToString(),
        _ => "over TCP?",
    };
}
