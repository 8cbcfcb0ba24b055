// The resolver against a real server.
using System.Globalization;
using System.Text;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Dns;

public sealed class NsdTests
{
    private static readonly string Zone = $"""
        $ORIGIN example.test.
        $TTL 300
        @        SOA ns hostmaster 1 3600 600 86400 120
        @        NS  ns
        ns       A   127.0.0.1
        @        MX  10 mx1
                 MX  20 mx2.Example.TEST.
                 TXT "v=spf1 " "ip4:192.0.2.0/24" " -all"
        mx1      A    192.0.2.1
                 AAAA 2001:db8::1
        mx2 60   A    192.0.2.2
        mx2 30   A    192.0.2.3
        null     MX   0 .
        _25._tcp.mx1 TLSA 3 1 1 a9cdf989b504fe5dca90c0d2167b6550570734f7c763e09fdf88904e06157065
        s._domainkey TXT ( "v=DKIM1; k=rsa; p={new string('A', 200)}" "{new string('B', 255)}" "{new string('C', 100)}" )
        1.2.0.192.in-addr PTR mx1
        alias    CNAME mx1
        alias2   CNAME alias
        outside  CNAME www.elsewhere.test.
        dangling CNAME nowhere
        bare     CNAME _25._tcp.mx1
        loop     CNAME loop2
        loop2    CNAME loop
        *.wild   MX   5 mx1
        a\.b     A    192.0.2.9
        sub      NS   ns.sub
        ns.sub   A    127.0.0.1
        {string.Concat(Enumerable.Range(0, 200).Select(i => $"many MX {i} mx{i}\n"))}
        {string.Concat(Enumerable.Range(0, 30).Select(i => $"long TXT \"{i} {new string('x', 240)}\"\n"))}
        """;

    public static TheoryData<string, RecordType, string> Rows => new()
    {
        { "example.test", RecordType.Mx, "10 mx1.example.test, 20 mx2.example.test at example.test for 300" },
        { "EXAMPLE.TEST", RecordType.Txt, "v=spf1 ip4:192.0.2.0/24 -all at example.test for 300" },
        { "mx1.example.test", RecordType.A, "192.0.2.1 at mx1.example.test for 300" },
        { "mx1.example.test", RecordType.Aaaa, "2001:db8::1 at mx1.example.test for 300" },
        { "mx1.example.test", RecordType.Mx, "NoData" },
        { "null.example.test", RecordType.Mx, "0 . at null.example.test for 300" },
        { "_25._tcp.mx1.example.test", RecordType.Tlsa, "3 1 1 a9cdf989b504fe5dca90c0d2167b6550570734f7c763e09fdf88904e06157065 at _25._tcp.mx1.example.test for 300" },
        { "1.2.0.192.in-addr.example.test", RecordType.Ptr, "mx1.example.test at 1.2.0.192.in-addr.example.test for 300" },
        { "alias2.example.test", RecordType.A, "192.0.2.1 at mx1.example.test for 300" },
        { "alias2.example.test", RecordType.Cname, "alias.example.test at alias2.example.test for 300" },
        { "alias2.example.test", RecordType.Mx, "NoData" },
        { "bare.example.test", RecordType.A, "NoData" },
        { "dangling.example.test", RecordType.A, "NoSuchName" },
        { "outside.example.test", RecordType.A, "Refused" },
        { "loop.example.test", RecordType.A, "TooManyAliases" },
        { "nowhere.example.test", RecordType.A, "NoSuchName" },
        { "_tcp.mx1.example.test", RecordType.A, "NoData" },
        { "wild.example.test", RecordType.Mx, "NoData" },
        { "a.b.wild.example.test", RecordType.Mx, "5 mx1.example.test at a.b.wild.example.test for 300" },
        { @"a\.b.example.test", RecordType.A, @"192.0.2.9 at a\.b.example.test for 300" },
        { "a.b.example.test", RecordType.A, "NoSuchName" },
        { "x.sub.example.test", RecordType.A, "Lame" },
        { "elsewhere.test", RecordType.A, "Refused" },
        { "localhost", RecordType.A, "NoSuchName" },
    };

    [Fact]
    public async Task It_finds_what_the_zone_has_and_tells_nothing_from_not_known()
    {
        await using var server = await NsdServer.StartAsync(("example.test", Zone));
        var resolver = server.Resolver();
        foreach (var (name, type, expected) in Rows.Select(row => row.Data))
        {
            Assert.Equal((name, type, expected), (name, type, await AskAsync(resolver, name, type)));
            Assert.Equal((name, type, expected), (name, type, await AskAsync(resolver, name, type))); // from memory, or not
        }
    }

    [Fact]
    public async Task Long_answers_come_over_TCP()
    {
        await using var server = await NsdServer.StartAsync(("example.test", Zone));
        var resolver = server.Resolver();
        var many = Assert.IsType<Answer<MxRecord>.Found>(await resolver.QueryAsync<MxRecord>(DnsName.Parse("many.example.test"), CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, Resolver.MaxRecords), many.Records.Select(record => (int)record.Preference).Order());
        var @long = Assert.IsType<Answer<TxtRecord>.Found>(await resolver.QueryAsync<TxtRecord>(DnsName.Parse("long.example.test"), CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, 30), @long.Records.Select(record => int.Parse(record.Text.Split(' ')[0], CultureInfo.InvariantCulture)).Order());
        var key = Assert.IsType<Answer<TxtRecord>.Found>(await resolver.QueryAsync<TxtRecord>(DnsName.Parse("s._domainkey.example.test"), CancellationToken.None));
        Assert.Equal($"v=DKIM1; k=rsa; p={new string('A', 200)}{new string('B', 255)}{new string('C', 100)}", Assert.Single(key.Records).Text);
    }

    [Fact]
    public async Task A_hundred_questions_at_once_are_all_answered()
    {
        await using var server = await NsdServer.StartAsync(("example.test", Zone));
        var resolver = server.Resolver();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AskAsync(resolver, $"n{i}.wild.example.test", RecordType.Mx)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"5 mx1.example.test at n{i}.wild.example.test for 300"), answers);
    }

    [Fact]
    public async Task While_the_server_is_away_nothing_is_known_but_what_is_remembered_and_then_all_is_as_before()
    {
        await using var server = await NsdServer.StartAsync(("example.test", Zone));
        var resolver = server.Resolver(options => options.TryTimeout = TimeSpan.FromMilliseconds(500));
        Assert.Equal("192.0.2.1 at mx1.example.test for 300", await AskAsync(resolver, "mx1.example.test", RecordType.A));
        await server.StopAsync();
        Assert.Equal("Unreachable", await AskAsync(resolver, "mx2.example.test", RecordType.A));
        Assert.StartsWith("192.0.2.1", await AskAsync(resolver, "mx1.example.test", RecordType.A), StringComparison.Ordinal);
        await server.StartAsync("example.test");
        Assert.Equal("NoSuchName", await AskAsync(resolver, "nowhere.example.test", RecordType.A));
        Assert.StartsWith("192.0.2.", await AskAsync(resolver, "mx2.example.test", RecordType.A), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_dnspythons_zone_every_record_of_use_to_mail_is_found_as_its_text_says()
    {
        var folder = Testdata.Require("dns-dnspython");
        var wanted = File.ReadLines(Path.Combine(folder, "example2.good"))
            .Select(line => line.Split(' ', 5))
            .Where(fields => fields.Length == 5 && fields[3] is "A" or "AAAA" or "MX" or "TXT" or "PTR" or "CNAME" or "TLSA")
            .ToArray();
        Assert.True(wanted.Length > 50);
        var zone = new StringBuilder("example. 300 IN SOA ns1.example. hostmaster.example. 1 2 3 4 5\nexample. 300 IN NS ns1.example.\n");
        foreach (var fields in wanted)
            zone.AppendJoin(' ', fields).Append('\n');
        await using var server = await NsdServer.StartAsync(("example", zone.ToString()));
        var resolver = server.Resolver();
        foreach (var fields in wanted)
        {
            var type = Enum.Parse<RecordType>(fields[3], ignoreCase: true);
            var expected = type switch
            {
                RecordType.Txt => string.Concat(Strings(fields[4])),
                RecordType.Mx => $"{fields[4].Split(' ')[0]} {DnsName.Parse(fields[4].Split(' ')[1])}",
                RecordType.Ptr or RecordType.Cname => DnsName.Parse(fields[4]).Text,
                _ => fields[4],
            };
            Assert.Contains(expected, (await AskAsync(resolver, fields[0], type)).Split(" at ")[0].Split(", "));
        }
    }

    private static async Task<string> AskAsync(Resolver resolver, string name, RecordType type) => type switch
    {
        RecordType.A => Say(await resolver.QueryAsync<ARecord>(DnsName.Parse(name), CancellationToken.None), record => record.Address.ToString()),
        RecordType.Aaaa => Say(await resolver.QueryAsync<AaaaRecord>(DnsName.Parse(name), CancellationToken.None), record => record.Address.ToString()),
        RecordType.Mx => Say(await resolver.QueryAsync<MxRecord>(DnsName.Parse(name), CancellationToken.None), record => $"{record.Preference} {record.Exchange}"),
        RecordType.Txt => Say(await resolver.QueryAsync<TxtRecord>(DnsName.Parse(name), CancellationToken.None), record => record.Text),
        RecordType.Ptr => Say(await resolver.QueryAsync<PtrRecord>(DnsName.Parse(name), CancellationToken.None), record => record.Name.Text),
        RecordType.Cname => Say(await resolver.QueryAsync<CnameRecord>(DnsName.Parse(name), CancellationToken.None), record => record.Target.Text),
        RecordType.Tlsa => Say(
            await resolver.QueryAsync<TlsaRecord>(DnsName.Parse(name), CancellationToken.None),
            record => $"{record.Usage} {record.Selector} {record.MatchingType} {Convert.ToHexStringLower(record.Association.Span)}"),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static string Say<TRecord>(Answer<TRecord> answer, Func<TRecord, string> say) => answer switch
    {
        // What is remembered holds a little less long; rounded up it is the same.
        Answer<TRecord>.Found found => $"{string.Join(", ", found.Records.Select(say).Order(StringComparer.Ordinal))} at {found.Name} for {Math.Ceiling(found.Ttl.TotalSeconds / 30) * 30}",
        Answer<TRecord>.Unavailable unavailable => unavailable.Reason.ToString(),
        _ => answer.GetType().Name,
    };

    // The strings of a TXT record's text: between quotes, with \" and \DDD.
    private static IEnumerable<string> Strings(string text)
    {
        var part = new StringBuilder();
        var isInside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && isInside)
            {
                yield return part.ToString();
                part.Clear();
            }
            if (text[i] == '"')
            {
                isInside = !isInside;
            }
            else if (text[i] == '\\')
            {
                var isNumber = char.IsAsciiDigit(text[i + 1]);
                part.Append(isNumber ? (char)int.Parse(text.AsSpan(i + 1, 3), CultureInfo.InvariantCulture) : text[i + 1]);
                i += isNumber ? 3 : 1;
            }
            else if (isInside)
            {
                part.Append(text[i]);
            }
        }
    }
}
