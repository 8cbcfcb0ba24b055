// The gateway's health over its own port, in the real process.
using System.Net;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Kills;

public sealed class GatewayHealth(StorageAccount account) : IClassFixture<StorageAccount>
{
    [Fact]
    public async Task A_gateway_is_ready_on_a_port_of_its_own_where_nothing_else_is_and_mail_ports_speak_no_HTTP()
    {
        var port = AzuriteServer.FreePorts(1);
        using var gateway = await GatewayProcess.StartAsync(account.ConnectionString, ("Listeners__Health", $"127.0.0.1:{port}"));
        using var client = new HttpClient();

        foreach (var path in new[] { "ready", "live" })
        {
            using var answer = await GetAsync(client, new Uri($"http://127.0.0.1:{port}/health/{path}"));
            Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
        using var other = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{gateway.SmtpPort}/health/live")));
    }

    // Ports are opened one after the other, and the gateway counts as started once the one for mail is.
    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await client.GetAsync(address);
            }
            catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError && tries < 100)
            {
                await Task.Delay(50);
            }
        }
    }
}
