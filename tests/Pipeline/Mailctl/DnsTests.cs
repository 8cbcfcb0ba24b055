// mailctl dns ...
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Dns;
using MailFunctions.Pipeline.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class DnsTests(AzuriteServer azurite) : IDisposable
{
    private const string Options = "--hostname mail.example.test --address 203.0.113.7 --address 2001:db8::7 --web app.azure.test";

    private static readonly DomainName Host = DomainName.Parse("mail.example.test");

    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public async Task Every_record_is_printed_as_a_line_of_a_zone_file()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("dkim create example.test");
        var lines = (await _person.DoAsync($"dns records example.test {Options}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [
                "mail.example.test. A 203.0.113.7", "mail.example.test. AAAA 2001:db8::7", "example.test. MX 10 mail.example.test.",
                "example.test. TXT \"v=spf1 mx -all\"", "_dmarc.example.test. TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.test\"",
                "_mta-sts.example.test. TXT \"v=STSv1; id=ID;\"", "mta-sts.example.test. CNAME app.azure.test.",
                "_smtp._tls.example.test. TXT \"v=TLSRPTv1; rua=mailto:postmaster@example.test\"", "_submissions._tcp.example.test. SRV 0 1 465 mail.example.test.",
                "_submission._tcp.example.test. SRV 10 1 587 mail.example.test.", "_pop3s._tcp.example.test. SRV 0 1 995 mail.example.test.",
                "autoconfig.example.test. CNAME app.azure.test.", "autodiscover.example.test. CNAME app.azure.test.",
            ],
            lines.Where(line => line[0] != ';' && !line.Contains("._domainkey.", StringComparison.Ordinal)).Select(line => WithoutId(string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))));
    }

    [Fact]
    public async Task A_real_name_server_takes_the_records_and_the_check_finds_all_of_them_right()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("dkim create example.test");
        var zone = "$TTL 60\nexample.test. SOA ns.example.test. host.example.test. 1 60 60 60 60\nexample.test. NS ns.example.test.\nns.example.test. A 127.0.0.1\n"
            + await _person.DoAsync($"dns records example.test {Options}");
        await using var server = await NsdServer.StartAsync(
            ("example.test", zone),
            ("azure.test", "$TTL 60\n@ SOA ns.azure.test. host.azure.test. 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\napp A 203.0.113.9\n"));

        // NSD knows neither the names in reverse, nor follows an alias into its other zone for us: those alone are not known.
        var said = await _person.RunAsync($"dns check example.test {Options} --dns {server.Address} --json");

        Assert.Equal(ExitCode.Done, said.Code);
        var states = said.Json.GetProperty("records").EnumerateArray().ToDictionary(
            record => $"{record.GetProperty("type").GetString()} {record.GetProperty("name").GetString()}", record => record.GetProperty("state").GetString());
        Assert.Equal(17, states.Count);
        Assert.Equal(2, states.Keys.Count(name => name.Contains("._domainkey.example.test", StringComparison.Ordinal)));
        Assert.All(states, state => Assert.Equal(state.Key.StartsWith("PTR", StringComparison.Ordinal) ? "unknown" : "ok", state.Value));

        // Another mode is another policy, so the id that the world has is wrong.
        await _person.DoAsync("domain set example.test --mta-sts enforce");
        said = await _person.RunAsync($"dns check example.test {Options} --dns {server.Address}");
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("wrong   TXT   _mta-sts.example.test: ", said.Output, StringComparison.Ordinal);
        Assert.Contains("1 of the records that example.test needs is not right", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dns records example.test", (int)ExitCode.Misuse, "Give --hostname HOST")]
    [InlineData("dns records example.test --hostname [127.0.0.1]", (int)ExitCode.Misuse, "is not a host name")]
    [InlineData("dns records example.test --hostname a.test --address 1.2", (int)ExitCode.Misuse, "'1.2' is not an address")]
    [InlineData("dns records example.test --hostname a.test --dmarc maybe", (int)ExitCode.Misuse, "maybe")]
    [InlineData("dns records other.test --hostname a.test", (int)ExitCode.Refused, "other.test is no domain of ours")]
    [InlineData("dns check other.test --hostname a.test", (int)ExitCode.Refused, "other.test is no domain of ours")]
    [InlineData("dns check example.test --hostname a.test --dns nowhere", (int)ExitCode.Misuse, "'nowhere' is not a name server")]
    [InlineData("domain set example.test", (int)ExitCode.Misuse, "--mta-sts MODE")]
    [InlineData("domain set example.test --mta-sts strict", (int)ExitCode.Misuse, "give none, testing or enforce")]
    public async Task What_cannot_be_done_is_told(string arguments, int code, string told)
    {
        await _person.SetUpAsync();
        var said = await _person.RunAsync(arguments);

        Assert.Equal(code, (int)said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_is_told_and_a_domain_that_we_relay_for_has_its_other_records_elsewhere()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("domain add backup.test --relay-for --postmaster boss@example.test");

        var said = await _person.RunAsync("dns records example.test --hostname mail.example.test");
        Assert.Contains("without --address", said.Error, StringComparison.Ordinal);
        Assert.Contains("without --web", said.Error, StringComparison.Ordinal);
        Assert.Contains("what example.test sends is not signed: 'mailctl dkim create example.test'", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("mta-sts", said.Output, StringComparison.Ordinal);
        Assert.Equal(["20 mail.example.test."], (await _person.RunAsync("dns records backup.test --hostname mail.example.test --json")).Json
            .GetProperty("records").EnumerateArray().Select(record => record.GetProperty("data").GetString()));
    }

    [Fact]
    public void A_key_is_a_record_of_its_own_in_strings_of_at_most_255_octets()
    {
        var text = $"v=DKIM1; k=rsa; p={new string('A', 400)}";
        var record = Assert.Single(Wanted(new DkimRecord("s1", text)), record => record.Name == "s1._domainkey.example.test");

        Assert.True(record.IsNeeded);
        Assert.EndsWith($"\"{text[..255]}\" \"{text[255..]}\"", record.ToZoneLine(), StringComparison.Ordinal);
    }

    // A record of ours, what stands in the zone ("name type data", separated by |), and what is said of it.
    public static TheoryData<string, string, string, string> Rows => new()
    {
        { "MX example.test", "MX example.test 10 mail.example.test", "ok", "10 mail.example.test." },
        { "MX example.test", "MX example.test 5 MAIL.example.test", "ok", "" },
        { "MX example.test", "MX example.test 10 mail.example.test|MX example.test 20 old.test", "warn", "besides 20 old.test." },
        { "MX example.test", "MX example.test 10 old.test", "wrong", "10 old.test. and not 10 mail.example.test." },
        { "MX example.test", "", "missing", "set 10 mail.example.test." },
        { "MX example.test", "FAIL example.test", "unknown", "ServerFailed" },
        { "A mail.example.test", "A mail.example.test 203.0.113.7", "ok", "" },
        { "A mail.example.test", "A mail.example.test 203.0.113.8", "wrong", "203.0.113.8 and not 203.0.113.7" },
        { "TXT example.test", "TXT example.test v=spf1 mx -all|TXT example.test other=1", "ok", "" },
        { "TXT example.test", "TXT example.test v=spf1 include:x.test ~all", "warn", "not what is proposed" },
        { "TXT example.test", "TXT example.test v=spf1 +all", "wrong", "everybody" },
        { "TXT example.test", "TXT example.test v=spf1 mx", "wrong", "does not end" },
        { "TXT example.test", "TXT example.test v=spf1 mx -all|TXT example.test v=spf1 -all", "wrong", "2 records" },
        { "TXT example.test", "TXT example.test v=spf10 mx -all", "missing", "set v=spf1" },
        { "TXT _dmarc.example.test", "TXT _dmarc.example.test v=DMARC1; p=reject; rua=mailto:x@y.test", "ok", "" },
        { "TXT _dmarc.example.test", "TXT _dmarc.example.test v=DMARC1; p=reject", "warn", "nobody is told" },
        { "TXT _dmarc.example.test", "TXT _dmarc.example.test v=DMARC1; p=maybe", "wrong", "no policy" },
        { "TXT _mta-sts.example.test", "TXT _mta-sts.example.test v=STSv1; id=1", "wrong", "by another id" },
        { "TXT _mta-sts.example.test", "TXT _mta-sts.example.test v=STSv1; id=", "wrong", "cannot be read" },
        { "TXT _smtp._tls.example.test", "TXT _smtp._tls.example.test v=TLSRPTv1; rua=https://x.test", "ok", "" },
        { "TXT _smtp._tls.example.test", "TXT _smtp._tls.example.test v=TLSRPTv1;", "wrong", "nobody is told" },
        { "TXT s1._domainkey.example.test", "TXT s1._domainkey.example.test v=DKIM1;p=QU JD", "ok", "" },
        { "TXT s1._domainkey.example.test", "TXT s1._domainkey.example.test v=DKIM1; p=QUJE", "wrong", "another key" },
        { "SRV _pop3s._tcp.example.test", "SRV _pop3s._tcp.example.test 0 1 995 mail.example.test", "ok", "" },
        { "SRV _pop3s._tcp.example.test", "SRV _pop3s._tcp.example.test 5 0 995 mail.example.test", "ok", "" },
        { "SRV _pop3s._tcp.example.test", "SRV _pop3s._tcp.example.test 0 1 110 mail.example.test", "wrong", "0 1 110 mail.example.test. and not 0 1 995" },
        { "CNAME mta-sts.example.test", "CNAME mta-sts.example.test app.azure.test|A app.azure.test 203.0.113.9", "ok", "app.azure.test." },
        { "CNAME mta-sts.example.test", "A mta-sts.example.test 203.0.113.9", "ok", "203.0.113.9" },
        { "CNAME mta-sts.example.test", "CNAME mta-sts.example.test app.azure.test", "missing", "set app.azure.test." },
        { "TXT example.test", "TXT example.test v=spf1 \u001b[31m include:x -all", "warn", "v=spf1 ?[31m include:x -all" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_record_of_the_world_is_judged(string which, string zone, string state, string told)
    {
        var wanted = Wanted(new DkimRecord("s1", "v=DKIM1; p=QUJD"));
        var record = Assert.Single(wanted, record => $"{record.Type} {record.Name}" == which);

        var found = await new RecordCheck(Resolver(zone)).RunAsync(record, wanted, CancellationToken.None);

        Assert.Equal(state, found.State);
        Assert.Contains(told, found.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mail.example.test", "ok")]
    [InlineData("vm7.cloud.test", "warn")]
    [InlineData("", "warn")]
    public async Task The_name_in_reverse_is_to_be_the_gateways(string name, string state)
    {
        var zone = new ZoneResolver();
        if (name.Length > 0)
            zone.AddPtr("203.0.113.7", name);

        var found = await new RecordCheck(zone).OfReverseAsync(IPAddress.Parse("203.0.113.7"), "mail.example.test", CancellationToken.None);

        Assert.Equal((state, false), (found.State, found.IsTrouble));
    }

    public void Dispose() => _person.Dispose();

    private static IReadOnlyList<DnsRecord> Wanted(params DkimRecord[] keys) => DomainRecords.Of(
        new LocalDomain(DomainName.Parse("example.test"), DomainKind.Local, EmailAddress.Parse("p@example.test")),
        new RecordValues
        {
            Hostname = Host, Exchangers = [Host], Addresses = [IPAddress.Parse("203.0.113.7")], Web = DomainName.Parse("app.azure.test"), Spf = "mx -all", Dmarc = "none",
        },
        keys);

    private static ZoneResolver Resolver(string zone)
    {
        var resolver = new ZoneResolver();
        foreach (var row in zone.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = row.Split(' ', 3);
            _ = words[0] switch
            {
                "MX" => resolver.AddMx(words[1], ushort.Parse(words[2].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), words[2].Split(' ')[1]),
                "A" => resolver.AddHost(words[1], words[2]),
                "TXT" => resolver.AddTxt(words[1], words[2]),
                "CNAME" => resolver.AddAlias(words[1], words[2]),
                "SRV" => resolver.Add(words[1], Srv(words[2].Split(' '))),
                _ => resolver.Fail(words[1]),
            };
        }
        return resolver;
    }

    private static SrvRecord Srv(string[] words)
    {
        ushort Number(int at) => ushort.Parse(words[at], System.Globalization.CultureInfo.InvariantCulture);
        return new SrvRecord(Number(0), Number(1), Number(2), DnsName.Parse(words[3]));
    }

    private static string WithoutId(string line)
    {
        var at = line.IndexOf("id=", StringComparison.Ordinal);
        return at < 0 ? line : $"{line[..at]}id=ID{line[line.IndexOf(';', at)..]}";
    }
}
