// What the world is told about our domains: the MTA-STS policy, and where mail clients connect to.
using System.Xml.Linq;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.Pipeline.Functions;

public sealed class PagesTests : IAsyncLifetime
{
    private const string Policy = "/.well-known/mta-sts.txt";
    private const string Mozilla = "/mail/config-v1.1.xml";
    private const string Outlook = "/autodiscover/autodiscover.xml";
    private const string RequestSchema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";

    private readonly MemoryDirectory _directory = new MemoryDirectory().Domain("example.test", "p@example.test").Domain("backup.test", "p@example.test", DomainKind.RelayFor);
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() =>
        _app = await RunningApp.StartAsync(_directory, "--Mail:Hostname=mail.example.test", "--Mail:Exchangers=mx1.example.test, MX2.example.test");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("Host: mta-sts.example.test")]
    [InlineData("Host: MTA-STS.Example.TEST:8443")]
    [InlineData("Host: mta-sts.example.test.")]
    [InlineData("Host: 127.0.0.1:7071\r\nX-Forwarded-Host: mta-sts.example.test")]
    [InlineData("Host: 127.0.0.1:7071\r\nX-Forwarded-Host: mta-sts.example.test, proxy.test")]
    [InlineData("Host: mta-sts.example.test\r\nX-Forwarded-Host: mta-sts.other.test")]
    public async Task The_policy_of_a_domain_of_ours_is_told_at_its_host(string host)
    {
        var reply = await GetAsync(Policy, host);

        Assert.Equal((200, "text/plain"), (reply.Status, reply.ContentType));
        Assert.Equal("version: STSv1\r\nmode: testing\r\nmx: mx1.example.test\r\nmx: mx2.example.test\r\nmax_age: 86400\r\n", reply.Body);
    }

    [Theory]
    [InlineData("Host: example.test")]
    [InlineData("Host: mta-sts.other.test")]
    [InlineData("Host: mta-sts.backup.test")]
    [InlineData("Host: mta-sts.")]
    [InlineData("Host: xmta-sts.example.test")]
    [InlineData("Host: 127.0.0.1")]
    [InlineData("Host: ")]
    public async Task There_is_no_policy_at_another_host(string host) => AssertNotFound(await GetAsync(Policy, host));

    [Theory]
    [InlineData(StsMode.None, "mode: none", "max_age: 86400")]
    [InlineData(StsMode.Enforce, "mode: enforce", "max_age: 1209600")]
    public async Task The_policy_has_the_mode_of_its_domain_and_others_can_read_it(StsMode mode, string line, string age)
    {
        _directory.Change("example.test", domain => domain with { MtaSts = mode });

        var reply = await GetAsync(Policy, "Host: mta-sts.example.test");

        Assert.Contains($"\r\n{line}\r\n", reply.Body, StringComparison.Ordinal);
        Assert.Contains($"\r\n{age}\r\n", reply.Body, StringComparison.Ordinal);
        Assert.True(StsPolicy.TryParse(reply.Body, out var policy) && policy.Mode == mode && policy.Allows("mx1.example.test"));
    }

    [Theory]
    [InlineData(Mozilla + "?emailaddress=alice@example.test", "127.0.0.1")]
    [InlineData(Mozilla + "?emailaddress=nobody%40Example.test", "autoconfig.example.test")]
    [InlineData(Mozilla, "autoconfig.example.test")]
    [InlineData("/.well-known/autoconfig" + Mozilla, "example.test")]
    [InlineData("/.well-known/autoconfig" + Mozilla + "?emailaddress=alice@example.test", "example.test:443")]
    public async Task Thunderbird_is_told_where_to_connect(string path, string host)
    {
        var reply = await GetAsync(path, $"Host: {host}");

        Assert.Equal((200, "text/xml; charset=utf-8"), (reply.Status, reply.ContentType));
        var provider = XDocument.Parse(reply.Body).Root!.Element("emailProvider")!;
        Assert.Equal(("example.test", "example.test"), ((string)provider.Attribute("id")!, (string)provider.Element("domain")!));
        Assert.Equal(
            ["pop3 mail.example.test 995 SSL %EMAILADDRESS% password-cleartext", "smtp mail.example.test 465 SSL %EMAILADDRESS% password-cleartext",
                "smtp mail.example.test 587 STARTTLS %EMAILADDRESS% password-cleartext"],
            provider.Elements().Where(element => element.Name.LocalName.EndsWith("Server", StringComparison.Ordinal))
                .Select(server => string.Join(' ', server.Elements().Select(element => element.Value).Prepend((string)server.Attribute("type")!))));
    }

    [Theory]
    [InlineData(Mozilla + "?emailaddress=a@other.test", "autoconfig.example.test")]
    [InlineData(Mozilla + "?emailaddress=a@backup.test", "autoconfig.example.test")]
    [InlineData(Mozilla + "?emailaddress=a@[127.0.0.1]", "autoconfig.example.test")]
    [InlineData(Mozilla + "?emailaddress=example.test", "autoconfig.example.test")]
    [InlineData(Mozilla, "autoconfig.other.test")]
    [InlineData(Mozilla, "127.0.0.1")]
    public async Task Thunderbird_is_told_nothing_of_others(string path, string host) => AssertNotFound(await GetAsync(path, $"Host: {host}"));

    [Theory]
    [InlineData("alice@example.test")]
    [InlineData("  o'neil+x@Example.Test ")]
    public async Task Outlook_is_told_where_to_connect(string address)
    {
        var reply = await PostAsync(Outlook, Request(address));

        Assert.Equal((200, "text/xml; charset=utf-8"), (reply.Status, reply.ContentType));
        XNamespace ns = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
        var protocols = XDocument.Parse(reply.Body).Descendants(ns + "Protocol").Select(protocol =>
            $"{(string)protocol.Element(ns + "Type")!} {(string)protocol.Element(ns + "Server")!} {(string)protocol.Element(ns + "Port")!} {(string)protocol.Element(ns + "SSL")!}");
        Assert.Equal(["POP3 mail.example.test 995 on", "SMTP mail.example.test 465 on"], protocols);
        Assert.All(
            XDocument.Parse(reply.Body).Descendants(ns + "LoginName"),
            name => Assert.Equal(EmailAddress.Parse(address.Trim()).ToString(), name.Value));
    }

    public static TheoryData<string> NoRequests => new()
    {
        "",
        "x",
        Request("a@other.test"),
        Request("a@backup.test"),
        Request("nobody"),
        Request(""),
        Request("<b>a@example.test</b>"),
        Request("a@example.test").Replace("2006a", "2006b", StringComparison.Ordinal),
        Request("a@example.test").Replace("requestschema", "otherschema", StringComparison.Ordinal),
        "<!DOCTYPE x [<!ENTITY a \"a@example.test\">]>" + Request("&a;"),
        "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">" + Request("a@example.test"),
        Request("a@example.test&lol;"),
        Request("a@example.test") + new string(' ', 20_000),
        new string('<', 1_000_000),
        string.Concat(Enumerable.Repeat("<a>", 5_000)),
    };

    [Theory]
    [MemberData(nameof(NoRequests))]
    public async Task Outlook_is_told_nothing_of_others_and_hostile_xml_is_not_followed(string body) => AssertNotFound(await PostAsync(Outlook, body));

    [Fact]
    public void A_request_of_outlook_that_is_cut_anywhere_is_none()
    {
        var body = System.Text.Encoding.UTF8.GetBytes(Request("alice@example.test"));
        Assert.True(MailFunctions.App.Web.AutodiscoverRequest.TryRead(body, out var address));
        Assert.Equal("alice@example.test", address.ToString());
        for (var cut = 0; cut < body.Length; cut++)
            Assert.False(MailFunctions.App.Web.AutodiscoverRequest.TryRead(body.AsMemory(0, cut), out _), $"at {cut}");
    }

    [Theory]
    [InlineData("GET " + Outlook)]
    [InlineData("POST " + Policy)]
    [InlineData("PUT " + Mozilla)]
    public async Task Another_method_is_not_there(string request)
    {
        var reply = await _app.SendAsync($"{request} HTTP/1.1\r\nHost: mta-sts.example.test\r\nContent-Length: 0\r\n\r\n");
        AssertNotFound(reply);
    }

    [Fact]
    public async Task While_the_directory_is_down_it_is_said_that_it_is_not_possible_now()
    {
        _directory.IsDown = true;

        Assert.Equal(503, (await GetAsync(Policy, "Host: mta-sts.example.test")).Status);
        Assert.Equal(503, (await GetAsync(Mozilla, "Host: autoconfig.example.test")).Status);
        Assert.Equal(503, (await PostAsync(Outlook, Request("a@example.test"))).Status);
        Assert.Equal(3, _app.Log.Lines.Count(line => line.Event == 1140));
    }

    [Fact]
    public async Task Without_a_host_name_nothing_is_published()
    {
        await using var app = await RunningApp.StartAsync(_directory);

        AssertNotFound(await app.SendAsync($"GET {Policy} HTTP/1.1\r\nHost: mta-sts.example.test\r\n\r\n"));
        AssertNotFound(await app.SendAsync($"GET {Mozilla} HTTP/1.1\r\nHost: autoconfig.example.test\r\n\r\n"));
    }

    [Fact]
    public void A_wrong_list_of_exchangers_is_named()
    {
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => MailFunctions.App.FunctionApp.Build(
            ["--FUNCTIONS_CUSTOMHANDLER_PORT=1", "--Mail:Hostname=mail.example.test", "--Mail:Exchangers=mx.test, [127.0.0.1]"], _ => { }));
        Assert.Contains("Mail:Exchangers", error.Message, StringComparison.Ordinal);
    }

    private static string Request(string address) =>
        $"<Autodiscover xmlns=\"{RequestSchema}\"><Request><EMailAddress>{address}</EMailAddress>"
        + "<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>";

    private Task<RawReply> GetAsync(string path, string host) => _app.SendAsync($"GET {path} HTTP/1.1\r\n{host}\r\n\r\n");

    private Task<RawReply> PostAsync(string path, string body) =>
        _app.SendAsync($"POST {path} HTTP/1.1\r\nHost: autodiscover.example.test\r\nContent-Type: text/xml\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static void AssertNotFound(RawReply reply) =>
        Assert.Equal((404, """{"error":"not found"}"""), (reply.Status, reply.Body));
}
