// The resolver of plain data does as the real one does.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class ZoneResolving
{
    private readonly ZoneResolver _zone = new ZoneResolver()
        .AddMx("example.test", 20, "b.mx.test").AddMx("example.test", 10, "a.mx.test").AddTxt("example.test", "v=spf1 -all")
        .AddHost("a.mx.test", "192.0.2.1", "2001:db8::1").AddAlias("alias.test", "a.mx.test").AddAlias("loop.test", "loop.test")
        .AddAlias("dangling.test", "nowhere.test").AddMx("null.test", 0, ".").AddPtr("192.0.2.1", "a.mx.test")
        .Fail("broken.test").Fail("example.test", Trouble.TimedOut, RecordType.Tlsa).Authenticate("example.test");

    private async Task<string> Ask<TRecord>(string name)
        where TRecord : class, IRecord<TRecord> =>
        await _zone.QueryAsync<TRecord>(DnsName.Parse(name), CancellationToken.None) switch
        {
            Answer<TRecord>.Found found => $"{found.Records.Count} at {found.Name}{(found.IsAuthenticated ? " authenticated" : "")}",
            Answer<TRecord>.Unavailable unavailable => unavailable.Reason.ToString(),
            var other => other.GetType().Name,
        };

    [Fact]
    public async Task It_answers_and_fails_as_it_was_told()
    {
        Assert.Equal("2 at example.test authenticated", await Ask<MxRecord>("EXAMPLE.test"));
        Assert.Equal("1 at example.test authenticated", await Ask<TxtRecord>("example.test"));
        Assert.Equal("NoData", await Ask<ARecord>("example.test"));
        Assert.Equal("TimedOut", await Ask<TlsaRecord>("example.test"));
        Assert.Equal("1 at a.mx.test", await Ask<AaaaRecord>("alias.test"));
        Assert.Equal("1 at alias.test", await Ask<CnameRecord>("alias.test"));
        Assert.Equal("NoData", await Ask<ARecord>("mx.test"));
        Assert.Equal("NoSuchName", await Ask<ARecord>("b.mx.test"));
        Assert.Equal("NoSuchName", await Ask<ARecord>("dangling.test"));
        Assert.Equal("TooManyAliases", await Ask<ARecord>("loop.test"));
        Assert.Equal("1 at null.test", await Ask<MxRecord>("null.test"));
        Assert.Equal("1 at 1.2.0.192.in-addr.arpa", await Ask<PtrRecord>("1.2.0.192.in-addr.arpa"));
        Assert.Equal("ServerFailed", await Ask<ARecord>("broken.test"));
        _zone.Recover("broken.test").Remove("example.test");
        Assert.Equal("NoSuchName", await Ask<ARecord>("broken.test"));
        Assert.Equal("NoSuchName", await Ask<MxRecord>("example.test"));
        Assert.Equal(15, _zone.Asked.Count);
    }
}
