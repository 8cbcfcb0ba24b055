// Questions over real datagrams, to servers and forgers.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Dns;

public sealed class UdpTests
{
    private const int A = ResponseBuilder.A;
    private static readonly DnsName Name = DnsName.Parse("example.test");
    private static readonly byte[] False = [6, 6, 6, 6];

    private static async Task<string> AskAsync(Resolver resolver) =>
        await resolver.QueryAsync<ARecord>(Name, CancellationToken.None) switch
        {
            Answer<ARecord>.Found found => string.Join(' ', found.Records.Select(record => record.Address)),
            Answer<ARecord>.Unavailable unavailable => unavailable.Reason.ToString(),
            var other => other.GetType().Name,
        };

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.53")]
    [InlineData("::1")]
    public async Task A_server_of_either_kind_of_address_is_asked(string address)
    {
        Assert.SkipWhen(address == "::1" && !Socket.OSSupportsIPv6, "This host has no IPv6.");
        await using var server = new ScriptedServer(IPAddress.Parse(address)) { Udp = (_, query, send) => send(ScriptedServer.Truth(query)) };
        Assert.Equal("192.0.2.1", await AskAsync(server.Resolver()));
        Assert.Equal((1, 0), (server.OverUdp, server.OverTcp));
    }

    public static TheoryData<string, Func<byte[], byte[]>> Wrong => new()
    {
        { "nothing", _ => [] },
        { "an octet", _ => [1] },
        { "a header", query => query[..12] },
        { "the question itself", query => query },
        { "the next id", query => ScriptedServer.To(query).ShiftId(1).Answer("example.test", A, 60, False).Build() },
        { "the id before", query => ScriptedServer.To(query).ShiftId(-1).Answer("example.test", A, 60, False).Build() },
        { "another name", query => ScriptedServer.To(query).Question([.. ResponseBuilder.Name("example.tesu"), 0, 1, 0, 1]).Answer("example.test", A, 60, False).Build() },
        { "another type", query => ScriptedServer.To(query).Question([.. ResponseBuilder.Name("example.test"), 0, 28, 0, 1]).Answer("example.test", A, 60, False).Build() },
        { "another class", query => ScriptedServer.To(query).Question([.. ResponseBuilder.Name("example.test"), 0, 1, 0, 3]).Answer("example.test", A, 60, False).Build() },
        { "no question", query => ScriptedServer.To(query).Question((byte[]?)null).Answer("example.test", A, 60, False).Build() },
        { "no question, no such name", query => ScriptedServer.To(query).Question((byte[]?)null).Code(3).Build() },
        { "an update", query => ScriptedServer.To(query).Set(0x2800).Answer("example.test", A, 60, False).Build() },
        { "a false count", query => ScriptedServer.To(query).Answer("example.test", A, 60, False).Count(6, 2).Build() },
        { "a record cut short", query => ScriptedServer.Answer(query, False)[..^1] },
        { "a loop of pointers", query => ScriptedServer.To(query).Count(6, 1).Raw(0xc0, (byte)(query.Length - 11), 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 6, 6, 6, 6).Build() },
        { "60 KiB of 5,000 records", query => [.. ScriptedServer.To(query).Count(6, 5_000).Build(), .. new byte[55_000]] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task DN_01_a_wrong_reply_does_not_end_the_wait_for_the_true_one(string what, Func<byte[], byte[]> reply)
    {
        await using var server = new ScriptedServer
        {
            Udp = async (_, query, send) =>
            {
                for (var i = 0; i < 5; i++)
                    await send(reply(query));
                await send(ScriptedServer.Truth(query));
            },
        };
        Assert.True(await AskAsync(server.Resolver()) == "192.0.2.1", what);
        Assert.Equal((1, 0), (server.OverUdp, server.OverTcp));
    }

    [Fact]
    public async Task DN_01_of_a_hundred_thousand_forged_replies_none_is_taken_and_the_true_one_is()
    {
        using var done = new CancellationTokenSource();
        await using var server = new ScriptedServer
        {
            Udp = async (_, query, send) =>
            {
                var random = new Random(1);
                var forgeries = Enumerable.Range(0, 1000).Select(_ => ScriptedServer.To(query).ShiftId(random.Next(1, 65_536)).Answer("example.test", A, 60, False).Build()).ToArray();
                for (var i = 0; i < 100_000; i++)
                    await send(forgeries[i % forgeries.Length]);
                // The flood may have filled the asker's buffer, as it may that of a real one.
                while (!done.IsCancellationRequested)
                {
                    await send(ScriptedServer.Truth(query));
                    await Task.Delay(20);
                }
            },
        };
        var answer = await AskAsync(server.Resolver());
        await done.CancelAsync();
        Assert.Equal("192.0.2.1", answer);
        Assert.Equal((1, 0), (server.OverUdp, server.OverTcp));
    }

    [Fact]
    public async Task DN_01_another_address_and_another_port_are_not_heard_whatever_they_know()
    {
        using var elsewhere = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var beside = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        elsewhere.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        beside.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = new ScriptedServer
        {
            Udp = async (client, query, send) =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await elsewhere.SendToAsync(ScriptedServer.Answer(query, False), client);
                    await beside.SendToAsync(ScriptedServer.Answer(query, False), client);
                }
                await send(ScriptedServer.Truth(query));
            },
        };
        Assert.Equal("192.0.2.1", await AskAsync(server.Resolver()));
    }

    [Fact]
    public async Task DN_01_ids_ports_and_cases_are_not_to_be_guessed()
    {
        var seen = new ConcurrentBag<(int Id, int Port, string Name)>();
        await using var server = new ScriptedServer
        {
            Udp = (client, query, send) =>
            {
                seen.Add(((query[0] << 8) | query[1], client.Port, System.Text.Encoding.ASCII.GetString(query[13..20])));
                return send(ScriptedServer.To(query).Code(3).Build());
            },
        };
        var resolver = server.Resolver();
        for (var i = 0; i < 300; i++)
            await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        Assert.Equal(300, seen.Count);
        // Of 300 of 65,536 and of 28,000, more than ten equal ones come by chance less than once in a billion years.
        Assert.InRange(seen.Select(one => one.Id).Distinct().Count(), 285, 300);
        Assert.InRange(seen.Select(one => one.Port).Distinct().Count(), 285, 300);
        Assert.InRange(seen.Select(one => one.Name).Distinct().Count(), 80, 128);
    }

    [Theory]
    [InlineData("silence", "TimedOut")]
    [InlineData("noise", "TimedOut")]
    [InlineData("malformed", "Malformed")]
    [InlineData("refused", "Refused")]
    public async Task Without_an_answer_the_wait_ends_and_nothing_is_known(string what, string expected)
    {
        await using var server = new ScriptedServer
        {
            Udp = (_, query, send) => what switch
            {
                "silence" => Task.CompletedTask,
                "noise" => send(ScriptedServer.To(query).ShiftId(7).Build()),
                "malformed" => send(ScriptedServer.To(query).Count(6, 9).Build()),
                _ => send(ScriptedServer.To(query).Code(5).Build()),
            },
        };
        Assert.Equal(expected, await AskAsync(server.Resolver(TimeSpan.FromMilliseconds(200))));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable_and_the_next_one_asked()
    {
        IPEndPoint gone;
        await using (var first = new ScriptedServer())
            gone = first.Address;
        await using var server = new ScriptedServer { Udp = (_, query, send) => send(ScriptedServer.Truth(query)) };
        Assert.Equal("Unreachable", await AskAsync(new Resolver(new DnsOptions { Server = gone.ToString() }, new DnsSeams())));
        Assert.Equal("192.0.2.1", await AskAsync(new Resolver(new DnsOptions { Server = $"{gone},{server.Address}" }, new DnsSeams())));
    }

    [Fact]
    public async Task A_caller_may_give_up_and_the_transport_with_it()
    {
        await using var server = new ScriptedServer();
        using var caller = new CancellationTokenSource();
        var query = Query.WithEdns(Name, RecordType.A, new DnsSeams().Random);
        var asking = new UdpTransport(TimeProvider.System, () => 0).AskAsync(server.Address, query, TimeSpan.FromMinutes(1), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData(70, 0)]   // below 1,232 octets
    [InlineData(120, 0)]  // above what was asked for
    [InlineData(250, 0)]  // up to 4,096 octets
    public async Task DN_02_a_datagram_larger_than_was_asked_for_is_read(int records, int overTcp)
    {
        await using var server = new ScriptedServer
        {
            Udp = (_, query, send) => send([.. ScriptedServer.To(query).Count(6, records).Build(), .. Addresses(records)]),
        };
        var found = Assert.IsType<Answer<ARecord>.Found>(await server.Resolver().QueryAsync<ARecord>(Name, CancellationToken.None));
        Assert.Equal(Math.Min(records, Resolver.MaxRecords), found.Records.Count);
        Assert.Equal(overTcp, server.OverTcp);
    }

    [Theory]
    [InlineData("cut behind the question")]
    [InlineData("cut in a record")]
    [InlineData("other case")]
    public async Task DN_02_what_does_not_count_over_UDP_is_asked_for_over_TCP(string what)
    {
        await using var server = new ScriptedServer
        {
            Udp = (_, query, send) => send(what switch
            {
                "cut behind the question" => ScriptedServer.To(query).Set(0x0200).Build(),
                "cut in a record" => [.. ScriptedServer.To(query).Set(0x0200).Count(6, 3).Answer("example.test", A, 60, False).Build()[..^3]],
                _ => ScriptedServer.To(query).Question(octet => (byte)char.ToUpperInvariant((char)octet)).Answer("example.test", A, 60, False).Build(),
            }),
            Tcp = async (query, stream, end) => await stream.WriteAsync(ScriptedServer.Framed(ScriptedServer.Truth(query)), end),
        };
        Assert.Equal("192.0.2.1", await AskAsync(server.Resolver()));
        Assert.Equal((1, 1), (server.OverUdp, server.OverTcp));
    }

    private static byte[] Addresses(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => new byte[] { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, (byte)(i >> 8), (byte)i })];
}
