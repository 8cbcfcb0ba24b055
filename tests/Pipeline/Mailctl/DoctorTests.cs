// mailctl doctor
using System.Net;
using System.Net.Sockets;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Doctor;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class DoctorTests(AzuriteServer azurite) : IDisposable
{
    // A server that is not there: nothing of these tests leaves the machine.
    private const string NoDns = "--dns 127.0.0.1:9";

    private readonly Operator _person = new(azurite.FreshAccount());
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task A_system_in_order_is_found_so_line_by_line()
    {
        await _person.SetUpAsync();

        var findings = await new StorageChecks(_person.Stores, TimeProvider.System).RunAsync(CancellationToken.None);

        Assert.All(findings, finding => Assert.Equal(("ok", null), (finding.State, finding.Remedy)));
        Assert.Equal(StorageLayout.Containers.Count + StorageLayout.Queues.Count + 4, findings.Count);
        foreach (var container in StorageLayout.Containers)
        {
            var left = await _person.Stores.Connection.Blobs.GetBlobContainerClient(container).GetBlobsAsync().Select(blob => blob.Name).ToListAsync();
            Assert.DoesNotContain(left, name => name.StartsWith("_doctor", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_missing_or_waits_is_told_with_its_remedy_and_the_code_is_1_where_mail_suffers()
    {
        await _person.SetUpAsync();
        await _person.Stores.Parked.ParkAsync(SpoolId.New(TimeProvider.System), "broken", CancellationToken.None);

        var said = await _person.RunAsync($"doctor {NoDns}");
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("warn parked: 1 waiting for you -> 'mailctl parked list' shows them", said.Output, StringComparison.Ordinal);
        Assert.Contains("fail names: nothing can be looked up", said.Output, StringComparison.Ordinal);
        Assert.Contains("1 of ", said.Error, StringComparison.Ordinal);

        await _person.Stores.Connection.Blobs.GetBlobContainerClient("due").DeleteAsync();
        await _person.Stores.Connection.Queues.GetQueueClient("relay").DeleteAsync();
        said = await _person.RunAsync($"doctor --json {NoDns}");
        var states = said.Json.GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("subject").GetString()!, finding => finding.GetProperty("state").GetString());
        Assert.Equal(("fail", "fail", "ok"), (states["container due"], states["queue relay"], states["container spool"]));
    }

    [Fact]
    public async Task On_an_account_without_a_mail_system_everything_is_missing_and_nothing_is_made()
    {
        var said = await _person.RunAsync($"doctor {NoDns}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("fail container spool: is not there -> 'mailctl domain add' makes what is missing", said.Output, StringComparison.Ordinal);
        Assert.Empty(await _person.Stores.Connection.Blobs.GetBlobContainersAsync().ToListAsync());
    }

    [Theory]
    [InlineData("doctor --port25 no_port:x")]
    [InlineData("doctor --port25 :25")]
    [InlineData("doctor --endpoint a.test:0")]
    [InlineData("doctor --endpoint a.test:70000")]
    [InlineData("doctor --dns nowhere")]
    public async Task What_is_no_host_is_told(string arguments) => Assert.Equal(ExitCode.Misuse, (await _person.RunAsync(arguments)).Code);

    [Theory]
    [InlineData("220 hello\r\n", "ok")]
    [InlineData("554 no\r\n", "fail")]
    [InlineData("HTTP/1.1 200 OK\r\n", "fail")]
    [InlineData("", "fail")]
    public async Task Port_25_is_open_where_a_mail_server_greets(string greeting, string state)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptAsync();
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
        });

        var finding = await Network().OutwardsAsync(new DnsEndPoint("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port), CancellationToken.None);
        await serving;

        Assert.Equal(state, finding.State);
    }

    [Fact]
    public async Task Where_nobody_listens_that_is_told()
    {
        var port = AzuriteServer.FreePorts(1);
        Assert.Equal("no connection (ConnectionRefused)", (await Network().OutwardsAsync(new DnsEndPoint("127.0.0.1", port), CancellationToken.None)).Text);
        Assert.Equal("no connection (ConnectionRefused)", (await Network().EndPointAsync(new DnsEndPoint("127.0.0.1", port), CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData("127.0.0.1", false, "nobody trusts it")]
    [InlineData("mail.example.test", false, "it is for another name")]
    [InlineData("127.0.0.1", true, "its time is over")]
    public async Task The_certificate_of_a_port_is_judged(string name, bool isExpired, string text)
    {
        await using var server = new PolicyServer(_authority.Issue(name, isExpired));

        var finding = await Network().EndPointAsync(new DnsEndPoint("127.0.0.1", server.EndPoint.Port), CancellationToken.None);

        Assert.Equal(("fail", text), (finding.State, finding.Text));
    }

    [Theory]
    [InlineData(false, "warn")]
    [InlineData(true, "fail")]
    [InlineData(null, "fail")]
    public async Task A_certificate_in_a_file_is_judged_by_the_time_it_has_left(bool? isExpired, string state)
    {
        var path = Path.GetTempFileName();
        using var certificate = _authority.Issue("mail.example.test", isExpired == true);
        await File.WriteAllTextAsync(path, isExpired is null ? "nothing" : certificate.ExportCertificatePem());

        Assert.Equal(state, (await Network().FileAsync(path, CancellationToken.None)).State);
        File.Delete(path);
        Assert.Equal("fail", (await Network().FileAsync(path, CancellationToken.None)).State);
    }

    [Theory]
    [InlineData("MX", "ok")]
    [InlineData("", "warn")]
    [InlineData("FAIL", "fail")]
    public async Task The_resolver_is_to_find_the_exchangers_of_a_domain_of_ours(string zone, string state)
    {
        var resolver = new ZoneResolver();
        _ = zone switch
        {
            "MX" => resolver.AddMx("example.test", 10, "mail.example.test"),
            "FAIL" => resolver.Fail("example.test"),
            _ => resolver,
        };

        Assert.Equal(state, (await new NetworkChecks(resolver, TimeProvider.System).ResolverAsync(DomainName.Parse("example.test"), CancellationToken.None)).State);
    }

    public void Dispose()
    {
        _person.Dispose();
        _authority.Dispose();
    }

    private static NetworkChecks Network() => new(new ZoneResolver(), TimeProvider.System);
}
