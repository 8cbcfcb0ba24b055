// That what is deployed starts fast, answers as the Functions host demands, and needs neither rights nor a disk.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class Published(SharedSystem shared)
{
    // The budget is 0.5 s, and tests/Bench measures it; among other tests this can only say that nobody has made it slow.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_function_app_serves_its_first_invocation_soon_after_its_start_and_no_answer_is_empty()
    {
        var starts = new List<TimeSpan>();
        for (var start = 0; start < 5; start++)
            starts.Add(await FunctionAppStart.MeasureAsync($"{shared.Programs}/functions"));

        TestContext.Current.TestOutputHelper?.WriteLine($"Start to first invocation, ms: {string.Join(' ', starts.Select(start => (int)start.TotalMilliseconds))}");
        Assert.True(starts.Min() < Limit, $"The fastest of five starts took {starts.Min()}.");
    }

    [Fact]
    public async Task The_gateway_without_rights_on_a_root_that_cannot_be_written_takes_mail_and_hands_it_out()
    {
        Tool.Require("bwrap");
        Tool.Require("setpriv");
        Assert.SkipWhen(Environment.UserName != "root", "Only root can become another user.");
        var deployed = Directory.CreateTempSubdirectory("deployed-");
        try
        {
            Directory.CreateSymbolicLink($"{deployed}/functions", $"{shared.Programs}/functions");
            var gateway = $"{deployed.CreateSubdirectory("gateway")}/MailFunctions.Gateway";
            // As in the image: its user by number, no capabilities, nothing of the machine but what .NET is linked to, and a /tmp in memory.
            await File.WriteAllTextAsync(gateway, $"""
                #!/bin/sh
                install -m 0444 "$Mail__Tls__Certificate" {deployed}/tls.pem
                export Mail__Tls__Certificate=/tls.pem DOTNET_EnableDiagnostics=0
                exec bwrap --unshare-pid --die-with-parent --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev \
                  --perms 1777 --tmpfs /tmp --ro-bind {shared.Programs}/gateway /app --ro-bind {deployed}/tls.pem /tls.pem --remount-ro / --chdir /app \
                  setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all /app/MailFunctions.Gateway
                """.ReplaceLineEndings("\n") + "\n");
            await Tool.SucceedAsync("chmod", ["755", gateway, deployed.FullName]);
            await using var system = await LocalSystem.StartAsync(published: deployed.FullName);
            await HasNoRightsAsync(system.Pid("gateway"));

            using (var session = await SmtpLine.SubmitAsync(system, "alice"))
                await session.SendAsync("alice@example.test", "bob@example.test", "From: alice@example.test\r\nSubject: published\r\n\r\nx\r\n");
            var message = Assert.Single(await Mail.WaitForAsync(system, "bob", 1));
            Assert.Contains("Subject: published\r\n", message, StringComparison.Ordinal);
        }
        finally
        {
            deployed.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("/msi/token", "IDENTITY_ENDPOINT", "/msi/token", "IDENTITY_HEADER", "secret")] // a container app
    [InlineData("/metadata/identity/oauth2/token", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "/", "AZURE_CLIENT_ID", "an-id")] // a machine
    public async Task The_gateway_gets_a_token_from_the_platform_and_goes_to_storage_with_it(string asked, string place, string path, string name, string value)
    {
        using var platform = new HttpListener();
        var ports = AzuriteServer.FreePorts(3);
        platform.Prefixes.Add($"http://127.0.0.1:{ports}/");
        platform.Start();
        var start = new ProcessStartInfo($"{shared.Programs}/gateway/MailFunctions.Gateway") { RedirectStandardOutput = true };
        foreach (var listener in new[] { "Submission", "Submissions", "Pop3", "Pop3s" })
            start.Environment[$"Mail__Listeners__{listener}"] = "";
        start.Environment["Mail__Listeners__Smtp"] = $"127.0.0.1:{ports + 1}";
        start.Environment["Mail__Listeners__Health"] = $"127.0.0.1:{ports + 2}";
        start.Environment["Mail__Hostname"] = "mail.example.test";
        start.Environment["Mail__Storage"] = "https://account.blob.localhost:1"; // nobody listens there
        start.Environment[place] = $"http://127.0.0.1:{ports}{path}";
        start.Environment[name] = value;
        using var gateway = Process.Start(start)!;
        try
        {
            var asking = AskForReadinessAsync(ports + 2); // for that it looks into storage
            var request = await platform.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Equal(asked, request.Request.Url!.AbsolutePath);
            Assert.Equal("https://storage.azure.com", request.Request.QueryString["resource"]);
            request.Response.ContentType = "application/json";
            request.Response.Close(Encoding.ASCII.GetBytes(
                $$"""{"access_token":"a.b.c","expires_on":"{{DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds()}}","resource":"https://storage.azure.com","token_type":"Bearer"}"""), willBlock: true);
            string? line;
            do
                line = await gateway.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            while (line?.Contains("try 1 ", StringComparison.Ordinal) == false);
            Assert.Contains("failed: SocketException", line, StringComparison.Ordinal); // it has its token, and storage is not there
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await asking);
        }
        finally
        {
            gateway.Kill();
        }
    }

    private static async Task<HttpStatusCode> AskForReadinessAsync(int port)
    {
        using var client = new HttpClient();
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), TestContext.Current.CancellationToken);
                return answer.StatusCode;
            }
            catch (HttpRequestException) when (tries < 600)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken); // it does not listen yet
            }
        }
    }

    private static async Task HasNoRightsAsync(int sandbox)
    {
        var pid = Assert.Single(Below(sandbox.ToString(CultureInfo.InvariantCulture)), child => File.ReadAllText($"/proc/{child}/cmdline") == "/app/MailFunctions.Gateway\0");
        var status = await File.ReadAllLinesAsync($"/proc/{pid}/status");
        foreach (var line in new[] { "Uid:\t1654\t1654\t1654\t1654", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1" })
            Assert.Contains(line, status);
        var lines = await File.ReadAllLinesAsync($"/proc/{pid}/mounts");
        var mounts = lines.Select(line => line.Split(' ')).ToLookup(mount => mount[1], mount => mount[3].Split(','));
        foreach (var place in new[] { "/", "/app", "/usr", "/tls.pem" })
            Assert.Contains("ro", mounts[place].Single());
    }

    // The sandbox has an init of its own between.
    private static IEnumerable<string> Below(string pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(child => Below(child).Prepend(child));
}
