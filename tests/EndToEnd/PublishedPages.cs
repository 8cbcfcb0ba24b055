// What the world asks over HTTP, asked of the whole system through its Functions host.
namespace MailFunctions.EndToEnd;

public sealed class PublishedPages(SharedSystem shared)
{
    private const string Request =
        """
        <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
        <EMailAddress>alice@example.test</EMailAddress>
        <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>
        """;

    [Theory]
    [InlineData("mta-sts.example.test", ".well-known/mta-sts.txt", "mx: mail.example.test")]
    [InlineData("autoconfig.example.test", "mail/config-v1.1.xml?emailaddress=alice@example.test", "<hostname>mail.example.test</hostname>")]
    [InlineData("example.test", ".well-known/autoconfig/mail/config-v1.1.xml", "<hostname>mail.example.test</hostname>")]
    [InlineData("autodiscover.example.test", "Autodiscover/Autodiscover.xml", "<LoginName>alice@example.test</LoginName>", Request)]
    public async Task A_domain_of_ours_is_described_at_its_hosts(string host, string path, string expected, string? body = null)
    {
        var said = await Tool.SucceedAsync(
            "curl",
            ["-sSf", "-H", $"Host: {host}", .. body is null ? (string[])[] : ["-H", "Content-Type: text/xml", "-d", body],
                new Uri(shared.System.Web, path).AbsoluteUri]);

        Assert.Contains(expected, said.Text, StringComparison.Ordinal);
    }
}
