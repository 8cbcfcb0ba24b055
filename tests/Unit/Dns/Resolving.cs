// From question to answer: servers in turn, aliases over several questions, and names that are never asked for.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class Resolving
{
    private const int A = ResponseBuilder.A, Cname = ResponseBuilder.Cname;

    private readonly FakeTime _time = new();

    private static byte[] Good(Query query) => new ResponseBuilder(query.Octets.Span).Answer(query.Name.Text, A, 60, [192, 0, 2, 1]).Build();

    private static byte[] Code(Query query, int code) => new ResponseBuilder(query.Octets.Span).Code(code).Build();

    private static byte[] Lame(Query query) => new ResponseBuilder(query.Octets.Span).Clear(0x0080).Build();

    // What each server says ('g' good, 's' SERVFAIL, 'r' REFUSED, 'n' NXDOMAIN, 'd' no data, '.' silence, 'u' unreachable, 'm' malformed, 'l' lame), the
    // outcome, and whom it took.
    public static TheoryData<string, string, string> Failovers => new()
    {
        { "g", "Found", "1" },
        { "n", "NoSuchName", "1" },
        { "d", "NoData", "1" },
        { "sg", "Found", "1 2" },
        { "rg", "Found", "1 2" },
        { ".g", "Found", "1 2" },
        { "ug", "Found", "1 2" },
        { "mg", "Found", "1 2" },
        { "lg", "Found", "1 2" },
        { "srg", "Found", "1 2 3" },
        { "ng", "NoSuchName", "1" },
        { "sn", "NoSuchName", "1 2" },
        { ".d", "NoData", "1 2" },
        { "s", "ServerFailed", "1" },
        { "r", "Refused", "1" },
        { "m", "Malformed", "1" },
        { "l", "Lame", "1" },
        { "ss", "ServerFailed", "1 2" },
        { "u", "Unreachable", "1 1 1" },
        { ".", "TimedOut", "1 1 1" },
        { "..", "TimedOut", "1 2 1 2" },
        { "...", "TimedOut", "1 2 3 1 2" },
        { ".s", "ServerFailed", "1 2 1 1" },
        { "s.", "ServerFailed", "1 2 2 2" },
    };

    [Theory]
    [MemberData(nameof(Failovers))]
    public async Task Servers_are_asked_in_turn_until_one_knows(string script, string expected, string asked)
    {
        var network = new ScriptedNetwork(_time, (server, query) => script[server.Address.GetAddressBytes()[^1] - 1] switch
        {
            'g' => Good(query),
            's' => Code(query, 2),
            'r' => Code(query, 5),
            'n' => Code(query, 3),
            'd' => Code(query, 0),
            'm' => [1],
            'l' => Lame(query),
            'u' => [],
            _ => null,
        });
        var start = _time.GetUtcNow();
        var asking = network.Resolver(script.Length).QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None);
        await _time.RunAsync(asking);
        Assert.Equal(expected, Say(await asking));
        Assert.Equal(asked, string.Join(' ', network.Asked.Select(line => line.Split(' ')[0])));
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(12));
    }

    [Theory]
    [InlineData("timeout:1 attempts:2", 3)]
    [InlineData("attempts:1", 3)]
    [InlineData("timeout:5 attempts:1", 5)]
    [InlineData("timeout:30", 12)]
    [InlineData("", 12)]
    public async Task The_system_says_how_patient_to_be(string options, int seconds)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"nameserver 10.0.0.1\noptions {options}\n");
            var network = new ScriptedNetwork(_time, (_, _) => null);
            var start = _time.GetUtcNow();
            var asking = network.Resolver(configure: o => (o.Server, o.SystemFile) = (null, file)).QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None);
            await _time.RunAsync(asking);
            Assert.Equal("TimedOut", Say(await asking));
            Assert.Equal(TimeSpan.FromSeconds(seconds), _time.GetUtcNow() - start);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task With_rotation_every_question_begins_with_the_next_server()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions rotate\n");
        var network = new ScriptedNetwork(_time, (_, query) => Good(query));
        var resolver = network.Resolver(configure: o => (o.Server, o.SystemFile) = (null, file));
        File.Delete(file);
        for (var i = 0; i < 4; i++)
            await resolver.QueryAsync<ARecord>(DnsName.Parse($"n{i}.test"), CancellationToken.None);
        Assert.Equal(["1 n0.test A", "2 n1.test A", "1 n2.test A", "2 n3.test A"], network.Asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task A_server_that_does_not_understand_EDNS_is_asked_once_more_without(int code)
    {
        var network = new ScriptedNetwork(_time, (_, query) => query.HasEdns
            ? new ResponseBuilder(query.Octets.Span).Code(code & 15).Additional("", ResponseBuilder.Opt, (uint)(code >> 4 << 24), []).Build()
            : Good(query));
        Assert.Equal("Found", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None)));
        Assert.Equal(["1 example.test A", "1 example.test A-"], network.Asked);

        var stubborn = new ScriptedNetwork(_time, (_, query) => Code(query, 1));
        Assert.Equal("ServerFailed", Say(await stubborn.Resolver().QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None)));
        Assert.Equal(2, stubborn.Asked.Count);
    }

    [Fact]
    public async Task DN_02_a_truncated_response_is_asked_for_over_TCP()
    {
        var network = new ScriptedNetwork(_time, (_, query) => new ResponseBuilder(query.Octets.Span).Set(0x0200).Build()) { OverTcp = (_, query) => Good(query) };
        Assert.Equal("Found", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None)));
        Assert.Equal(["1 example.test A", "1+ example.test A"], network.Asked);
    }

    [Fact]
    public async Task DN_02_a_response_truncated_over_TCP_too_is_trouble_and_never_no_data()
    {
        var network = new ScriptedNetwork(_time, (_, query) => new ResponseBuilder(query.Octets.Span).Set(0x0200).Build());
        Assert.Equal("Malformed", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None)));
    }

    [Theory]
    [InlineData(1, 0)]      // does not understand
    [InlineData(0, 0x0200)] // cut short
    public async Task A_server_that_needs_all_the_time_leaves_none_for_a_second_question(int code, int flags)
    {
        var network = new ScriptedNetwork(_time, (_, query) =>
        {
            _time.Advance(TimeSpan.FromSeconds(12));
            return new ResponseBuilder(query.Octets.Span).Code(code).Set(flags).Build();
        });
        Assert.Equal("TimedOut", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("example.test"), CancellationToken.None)));
        Assert.Single(network.Asked);
    }

    [Theory]
    [InlineData(1, "Found", 2)]
    [InlineData(11, "Found", 12)]
    [InlineData(12, "TooManyAliases", 12)]
    [InlineData(500, "TooManyAliases", 12)]
    public async Task DN_04_aliases_are_followed_over_several_questions_but_not_for_ever(int aliases, string expected, int questions)
    {
        var network = new ScriptedNetwork(_time, (_, query) =>
        {
            var number = int.Parse(query.Name.Text.AsSpan(1, query.Name.Text.Length - 6), System.Globalization.CultureInfo.InvariantCulture);
            return number == aliases ? Good(query) : new ResponseBuilder(query.Octets.Span).Answer(query.Name.Text, Cname, 60, ResponseBuilder.Name($"n{number + 1}.test")).Build();
        });
        var answer = await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("n0.test"), CancellationToken.None);
        Assert.Equal(expected, Say(answer));
        Assert.Equal(questions, network.Asked.Count);
        if (answer is Answer<ARecord>.Found found)
            Assert.Equal($"n{aliases}.test", found.Name.Text);
    }

    [Fact]
    public async Task DN_04_aliases_in_a_circle_end_and_are_not_remembered()
    {
        var network = new ScriptedNetwork(_time, (_, query) =>
            new ResponseBuilder(query.Octets.Span).Answer(query.Name.Text, Cname, 60, ResponseBuilder.Name(query.Name.Text == "a.test" ? "b.test" : "a.test")).Build());
        var resolver = network.Resolver(2);
        Assert.Equal("TooManyAliases", Say(await resolver.QueryAsync<ARecord>(DnsName.Parse("a.test"), CancellationToken.None)));
        Assert.Equal(12, network.Asked.Count);
        Assert.Equal(0, resolver.Remembered);
    }

    [Theory]
    [InlineData(0, "NoData")]
    [InlineData(3, "NoSuchName")]
    [InlineData(2, "ServerFailed")]
    public async Task DN_04_what_holds_of_the_target_holds_of_the_alias(int code, string expected)
    {
        var network = new ScriptedNetwork(_time, (_, query) => query.Name.Text == "a.test"
            ? new ResponseBuilder(query.Octets.Span).Answer("a.test", Cname, 60, ResponseBuilder.Name("b.test")).Build()
            : Code(query, code));
        Assert.Equal(expected, Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("a.test"), CancellationToken.None)));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task An_answer_is_authenticated_if_each_part_of_its_way_is(bool alias, bool target, bool expected)
    {
        var network = new ScriptedNetwork(_time, (_, query) => query.Name.Text == "a.test"
            ? new ResponseBuilder(query.Octets.Span).Set(alias ? 0x20 : 0).Answer("a.test", Cname, 60, ResponseBuilder.Name("b.test")).Build()
            : new ResponseBuilder(query.Octets.Span).Set(target ? 0x20 : 0).Answer("b.test", A, 60, [1, 2, 3, 4]).Build());
        var answer = await network.Resolver().QueryAsync<ARecord>(DnsName.Parse("a.test"), CancellationToken.None);
        Assert.Equal(expected, Assert.IsType<Answer<ARecord>.Found>(answer).IsAuthenticated);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("mail.LOCALHOST.")]
    [InlineData("invalid")]
    [InlineData("a.b.invalid")]
    [InlineData("x.onion")]
    public async Task Names_that_never_leave_the_host_are_never_asked_for(string name)
    {
        var network = new ScriptedNetwork(_time, (_, query) => Good(query));
        Assert.Equal("NoSuchName", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse(name), CancellationToken.None)));
        Assert.Empty(network.Asked);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("localhost.test")]
    [InlineData("notlocalhost")]
    [InlineData(".")]
    public async Task All_other_names_are_asked_for_as_they_are(string name)
    {
        var network = new ScriptedNetwork(_time, (_, query) => Code(query, 0));
        Assert.Equal("NoData", Say(await network.Resolver().QueryAsync<ARecord>(DnsName.Parse(name), CancellationToken.None)));
        Assert.Equal([$"1 {name} A"], network.Asked);
    }

    private static string Say<TRecord>(Answer<TRecord> answer) => answer is Answer<TRecord>.Unavailable unavailable ? unavailable.Reason.ToString() : answer.GetType().Name;
}
