// The small parts of the local run: ports, pids.json, certificate, announcement, environment, Node.js.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailFunctions.Local;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Host;

public sealed class LocalPartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("local-").FullName;

    [Fact]
    public void A_taken_port_is_named_with_its_service_and_the_way_out()
    {
        var ports = new Ports(LocalSystem.FreeOffset());
        var port = ports.Pop3;
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();

        var complaint = ports.FindTaken(withAzurite: false);

        Assert.Contains($"{port}", complaint, StringComparison.Ordinal);
        Assert.Contains("POP3", complaint, StringComparison.Ordinal);
        Assert.Contains("--port-offset", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pids_json_is_always_whole()
    {
        var path = Path.Combine(_folder, "pids.json");
        using var pids = new PidFile(path, 7);
        await pids.SetGatewayAsync(1);
        using var done = new CancellationTokenSource();
        var writers = Task.WhenAll(
            Task.Run(async () => { for (var i = 1; i <= 500; i++) await pids.SetGatewayAsync(i); }),
            Task.Run(async () => { for (var i = 1; i <= 500; i++) await pids.SetFunctionsAsync(i); }));
        var reads = 0;
        while (!writers.IsCompleted)
        {
            var read = JsonDocument.Parse(await File.ReadAllBytesAsync(path)).RootElement;
            Assert.Equal(7, read.GetProperty("azurite").GetInt32());
            Assert.InRange(read.GetProperty("gateway").GetInt32(), 1, 500);
            reads++;
        }
        await writers;

        Assert.True(reads > 0);
        Assert.Equal("""{"gateway":500,"functions":500,"azurite":7}""", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void The_key_for_return_paths_is_made_once_and_readable_by_its_owner_only()
    {
        var path = Path.Combine(_folder, "srs.key");
        var key = LocalSrsKey.Ensure(path);
        Assert.True(key.Length >= Srs.MinKeyLength);
        Assert.Equal(key, LocalSrsKey.Ensure(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.WriteAllText(path, "cut");
        Assert.NotEqual("cut", LocalSrsKey.Ensure(path));
    }

    [Fact]
    public void The_certificate_is_for_localhost_and_the_domains_and_readable_by_its_owner_only()
    {
        var path = Path.Combine(_folder, "tls.pem");
        LocalCertificate.Ensure(path, ["mail.example.test", "example.test"], TimeProvider.System.GetUtcNow());

        using var certificate = X509Certificate2.CreateFromPemFile(path);
        Assert.True(certificate.HasPrivateKey);
        Assert.All((string[])["localhost", "mail.example.test", "example.test"], name => Assert.True(certificate.MatchesHostname(name)));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.False(certificate.MatchesHostname("other.test"));
        Assert.Equal(10, certificate.NotAfter.Year - TimeProvider.System.GetUtcNow().Year);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(0, "example.test", true)]
    [InlineData(9, "example.test", true)]
    [InlineData(11, "example.test", false)]
    [InlineData(0, "other.test", false)]
    public void The_certificate_is_kept_while_it_is_valid_for_the_same_names(int yearsLater, string domain, bool isKept)
    {
        var path = Path.Combine(_folder, "tls.pem");
        var now = TimeProvider.System.GetUtcNow();
        LocalCertificate.Ensure(path, ["example.test"], now);
        var first = File.ReadAllText(path);

        LocalCertificate.Ensure(path, [domain], now.AddYears(yearsLater));

        Assert.Equal(isKept, first == File.ReadAllText(path));
    }

    [Fact]
    public void A_damaged_certificate_is_replaced()
    {
        var path = Path.Combine(_folder, "tls.pem");
        File.WriteAllText(path, "rubbish");

        LocalCertificate.Ensure(path, [], TimeProvider.System.GetUtcNow());

        Assert.Contains("PRIVATE KEY", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_folder_serves_one_run_at_a_time()
    {
        using (var first = DataFolderLock.TryTake(_folder))
        {
            Assert.NotNull(first);
            Assert.Null(DataFolderLock.TryTake(_folder));
        }
        using var second = DataFolderLock.TryTake(_folder);
        Assert.NotNull(second);
    }

    [Theory]
    [InlineData("v20.20.2", true)]
    [InlineData("v22.0.0", true)]
    [InlineData("v18.19.1", false)]
    [InlineData("v8", false)]
    [InlineData("", false)]
    [InlineData("node: command broken", false)]
    public void Azurite_wants_a_recent_node(string version, bool isRecent) => Assert.Equal(isRecent, NodePackages.IsRecent(version));

    [Fact]
    public void The_ready_line_is_json_that_spells_the_connection_string_out() => Assert.Equal(
        """ready {"smtp":"a:1","submission":"a:2","submissions":"a:3","pop3":"a:4","pop3s":"a:5","web":"http://a:6","storage":"Key=a+b/c==;","pids":{"gateway":1,"functions":2}}""",
        new ReadyLine("a:1", "a:2", "a:3", "a:4", "a:5", "http://a:6", "Key=a+b/c==;", new Pids(1, 2, null)).ToString());

    [Fact]
    public void The_announcement_tells_ports_passwords_and_what_becomes_of_other_mail()
    {
        var text = string.Join('\n', Announcement.Lines(
            Options, [new SeededAccount(EmailAddress.Parse("a@one.test"), "pw"), new SeededAccount(EmailAddress.Parse("b@one.test"), null)], "/x/tls.pem"));

        Assert.All(
            (string[])["one.test", "2995", "2110", "2465", "2587", "2525", "2080", "a@one.test  password pw", "b@one.test  password as before", "/x/tls.pem", "held"],
            told => Assert.Contains(told, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Both_programs_get_storage_hostname_and_their_own_settings()
    {
        var environment = new ChildEnvironment(Options, "S", "/x/tls.pem", "key", new Dictionary<string, string>());

        var gateway = environment.ForGateway();
        Assert.Equal("127.0.0.1:2525", gateway["Mail__Listeners__Smtp"]);
        Assert.Equal("127.0.0.1:2995", gateway["Mail__Listeners__Pop3s"]);
        Assert.Equal(("S", "mail.one.test", "/x/tls.pem"), (gateway["Mail__Storage"], gateway["Mail__Hostname"], gateway["Mail__Tls__Certificate"]));
        var functions = environment.ForFunctions();
        Assert.Equal(("S", "S", "mail.one.test"), (functions["Mail__Storage"], functions["MailStorage"], functions["Mail__Hostname"]));
        Assert.Equal(("0 * * * * *", "0 */10 * * * *", "true"), (functions["RetryTimer"], functions["SweepTimer"], functions["Mail__Relay__Hold"]));
        Assert.Equal(("0 41 1 * * *", "0 17 0 * * *", "off"), (functions["RenewTimer"], functions["ReportTlsTimer"], functions["Mail__Relay__TlsReports"]));
        Assert.Equal("off", functions["Mail__Relay__MtaSts"]);
        Assert.False(new ChildEnvironment(Options with { Relay = true }, "S", "", "key", new Dictionary<string, string>()).ForFunctions().ContainsKey("Mail__Relay__Hold"));
    }

    [Fact]
    public void The_gateway_runs_here_with_the_runtime_settings_of_its_image()
    {
        var image = File.ReadAllLines(Path.Combine(AzuriteServer.RepositoryRoot, "gateway", "Dockerfile")).Where(line => line.StartsWith("ENV DOTNET_", StringComparison.Ordinal))
            .Select(line => line[4..].Split('=')).Where(setting => setting[0] != "DOTNET_EnableDiagnostics").ToList(); // a developer may look into it
        var gateway = new ChildEnvironment(Options, "S", "/x/tls.pem", "key", new Dictionary<string, string>()).ForGateway();

        Assert.NotEmpty(image);
        Assert.All(image, setting => Assert.Equal(setting[1], gateway[setting[0]]));
    }

    [Theory]
    [InlineData("Mail__Hostname")]
    [InlineData("Mail__Tls__Certificate")]
    [InlineData("Mail__Relay__Hold")]
    [InlineData("RetryTimer")]
    [InlineData("SweepTimer")]
    [InlineData("RenewTimer")]
    [InlineData("ReportTlsTimer")]
    [InlineData("DOTNET_ENVIRONMENT")]
    [InlineData("DOTNET_GCgen0size")]
    public void What_the_user_has_set_stands(string name)
    {
        var environment = new ChildEnvironment(Options, "S", "/x/tls.pem", "key", new Dictionary<string, string> { [name] = "theirs" });

        Assert.False(environment.ForGateway().ContainsKey(name)); // inherited as it is
        Assert.False(environment.ForFunctions().ContainsKey(name));
    }

    [Fact]
    public async Task A_child_does_not_run_before_it_is_published_and_keeps_its_process_id()
    {
        var mark = Path.Combine(_folder, "ran");
        var published = 0;
        await using var child = await ChildProcess.StartAsync(
            new ChildCommand("sh", ["-c", $"echo $$ > {mark}; exit 5"]),
            async pid =>
            {
                published = pid;
                await Task.Delay(300); // long enough for a child that did not wait
                Assert.False(File.Exists(mark));
            },
            _ => { });

        Assert.Equal(5, await child.Exited);
        Assert.Equal(child.Id, published);
        Assert.Equal($"{child.Id}", (await File.ReadAllTextAsync(mark)).Trim());
    }

    [Fact]
    public async Task A_child_that_does_not_exist_shows_by_its_exit_code()
    {
        await using var child = await ChildProcess.StartAsync(new ChildCommand("/no/such/program", []), _ => Task.CompletedTask, _ => { });

        Assert.Equal(127, await child.Exited);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static LocalOptions Options => new()
    {
        DataFolder = "/x", Domains = [DomainName.Parse("one.test")], Accounts = [], Aliases = [],
    };
}
