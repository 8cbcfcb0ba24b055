// azure.yaml, host.json, the hooks, the image's recipe and the machines' first commands. The published JSON schemas are not here: what they demand of what we
// write stands below, read in https://github.com/Azure/azure-dev/blob/main/schemas/v1.0/azure.yaml.json and https://json.schemastore.org/host.
using MailFunctions.Mail;
using MailFunctions.Mailctl.Dns;
using System.Diagnostics;
using System.Text.Json;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Infra;

public sealed class DeploymentFileTests
{
    private static string Root => AzuriteServer.RepositoryRoot;

    [Fact]
    public void Azd_finds_two_services_each_with_a_project_and_what_its_host_needs()
    {
        var yaml = ReadYaml(Path.Combine(Root, "azure.yaml"));

        Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", yaml["name"]);
        Assert.Equal(["services.functions", "services.gateway"], yaml.Keys.Where(key => key.StartsWith("services.", StringComparison.Ordinal))
            .Select(key => string.Join('.', key.Split('.')[..2])).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(("function", "dotnet"), (yaml["services.functions.host"], yaml["services.functions.language"]));
        Assert.Equal(("containerapp", "docker"), (yaml["services.gateway.host"], yaml["services.gateway.language"]));
        foreach (var service in new[] { "functions", "gateway" })
        {
            Assert.DoesNotContain($"services.{service}.image", yaml.Keys); // project or image, not both
            Assert.Single(Directory.EnumerateFiles(Path.Combine(Root, yaml[$"services.{service}.project"]), "*.*proj"));
        }
        Assert.DoesNotContain(yaml.Keys, key => key.StartsWith("services.functions.docker", StringComparison.Ordinal) || key is "services.functions.env" or "services.functions.k8s");
        var project = Path.Combine(Root, yaml["services.gateway.project"]);
        Assert.True(File.Exists(Path.Combine(project, yaml["services.gateway.docker.path"])));
        Assert.Equal(Root, Path.GetFullPath(Path.Combine(project, yaml["services.gateway.docker.context"])));
        Assert.Equal("bicep", yaml["infra.provider"]);
        Assert.True(File.Exists(Path.Combine(Root, yaml["infra.path"], $"{yaml["infra.module"]}.bicep")));
    }

    [Fact]
    public void Every_hook_is_a_program_that_a_shell_can_read()
    {
        var hooks = ReadYaml(Path.Combine(Root, "azure.yaml")).Where(pair => pair.Key.StartsWith("hooks.", StringComparison.Ordinal) && pair.Key.EndsWith(".run", StringComparison.Ordinal)).ToList();

        Assert.Equal(["hooks.postprovision.posix.run", "hooks.preprovision.posix.run"], hooks.Select(hook => hook.Key).Order(StringComparer.Ordinal));
        Assert.All(hooks, hook =>
        {
            var path = Path.Combine(Root, hook.Value);
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0, $"{path} is not executable.");
            Assert.Equal(0, Run("sh", ["-n", path], []).ExitCode);
        });
    }

    [Theory]
    [InlineData("MAIL_DOMAIN", "MAIL_HOSTNAME=mail.example.org")]
    [InlineData("MAIL_HOSTNAME", "MAIL_DOMAIN=example.org")]
    [InlineData("MAIL_GATEWAY", "MAIL_DOMAIN=example.org", "MAIL_HOSTNAME=mail.example.org", "MAIL_GATEWAY=aks")]
    [InlineData("MAIL_SSH_PUBLIC_KEY", "MAIL_DOMAIN=example.org", "MAIL_HOSTNAME=mail.example.org", "MAIL_GATEWAY=vmss")]
    [InlineData("MAIL_SMARTHOST ", "MAIL_DOMAIN=example.org", "MAIL_HOSTNAME=mail.example.org", "MAIL_SMARTHOST_USERNAME=u")]
    public void What_is_missing_is_named_before_anything_is_provisioned(string named, params string[] environment)
    {
        var (exitCode, _, errors) = Run("sh", [Path.Combine(Root, "infra", "hooks", "preprovision.sh")], environment);

        Assert.Equal(1, exitCode);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("containerapp", "smtp.example.net", "false", "~all", "hides who connects")]
    [InlineData("vmss", "", "false", "-all", "azd env set MAIL_REVERSE_NAME mail.example.org")]
    [InlineData("vmss", "", "true", "~all", "add its outgoing addresses")]
    public void The_records_to_set_are_printed(string profile, string smarthost, string direct, string qualifier, string remark)
    {
        var (exitCode, output, _) = Run(
            "sh", [Path.Combine(Root, "infra", "hooks", "dns-records.sh")],
            ["MAIL_DOMAIN=example.org", "MAIL_HOSTNAME=mail.example.org", "MAIL_ADDRESS=203.0.113.7", $"MAIL_GATEWAY={profile}", $"MAIL_SMARTHOST={smarthost}", $"MAIL_DIRECT_DELIVERY={direct}"]);
        var records = output.Split('\n').Where(line => line.Length > 0 && line[0] != ';')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [
                "mail.example.org. A 203.0.113.7", "example.org. MX 10 mail.example.org.", $"example.org. TXT \"v=spf1 mx {qualifier}\"",
                "_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"", "_submissions._tcp.example.org. SRV 0 1 465 mail.example.org.",
                "_submission._tcp.example.org. SRV 10 1 587 mail.example.org.", "_pop3s._tcp.example.org. SRV 0 1 995 mail.example.org.",
            ],
            records);
        Assert.Contains(remark, output, StringComparison.Ordinal);
        Assert.Equal(smarthost.Length == 0 && direct == "false", output.Contains("is held", StringComparison.Ordinal));
    }

    [Fact]
    public void The_hook_prints_nothing_that_mailctl_would_not_tell_to_set()
    {
        var (_, output, _) = Run(
            "sh", [Path.Combine(Root, "infra", "hooks", "dns-records.sh")],
            ["MAIL_DOMAIN=example.org", "MAIL_HOSTNAME=mail.example.org", "MAIL_ADDRESS=203.0.113.7", "MAIL_SMARTHOST=smtp.example.net"]);
        var domain = new LocalDomain(DomainName.Parse("example.org"), DomainKind.Local, EmailAddress.Parse("me@example.org"));
        var host = DomainName.Parse("mail.example.org");
        var records = DomainRecords.Of(
            domain, new RecordValues { Hostname = host, Addresses = [System.Net.IPAddress.Parse("203.0.113.7")], Exchangers = [host], Spf = "mx ~all", Dmarc = "none" }, []);

        Assert.Empty(output.Split('\n').Where(line => line.Length > 0 && line[0] != ';').Select(Words).Except(records.Select(record => Words(record.ToZoneLine()))));
        Assert.Contains("mailctl -- dns records example.org", output, StringComparison.Ordinal);

        static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_outputs_that_the_hooks_need_are_outputs()
    {
        string[] needed = ["MAIL_DOMAIN", "MAIL_HOSTNAME", "MAIL_ADDRESS", "MAIL_GATEWAY", "MAIL_SMARTHOST", "AZURE_CONTAINER_REGISTRY_NAME", "AZURE_CONTAINER_REGISTRY_ENDPOINT", "AZURE_RESOURCE_GROUP"];

        Assert.Empty(needed.Except(BicepFile.Main.Outputs.Keys));
        Assert.All(BicepFile.Main.Outputs.Keys, name => Assert.Matches("^[A-Z][A-Z0-9_]*$", name)); // azd takes them over by their names
    }

    [Fact]
    public void The_host_file_has_only_what_the_host_knows()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "functions", "App", "host.json")));
        var host = json.RootElement;

        Assert.Equal("2.0", host.GetProperty("version").GetString());
        Assert.Empty(host.EnumerateObject().Select(property => property.Name)
            .Except(["version", "functionTimeout", "telemetryMode", "extensionBundle", "customHandler", "extensions", "logging", "concurrency", "healthMonitor", "retry", "singleton"]));
        Assert.Contains(host.GetProperty("telemetryMode").GetString(), new[] { "OpenTelemetry", "ApplicationInsights" });
        Assert.Equal("Microsoft.Azure.Functions.ExtensionBundle", BicepFile.At(host, "extensionBundle.id").GetString());
        Assert.Matches(@"^\[4\.[0-9*.]+, *5\.0\.0\)$", BicepFile.At(host, "extensionBundle.version").GetString()!);
        Assert.InRange(BicepFile.At(host, "extensions.queues.batchSize").GetInt32(), 1, 32);
        Assert.Empty(BicepFile.At(host, "extensions.queues").EnumerateObject().Select(property => property.Name)
            .Except(["maxPollingInterval", "visibilityTimeout", "batchSize", "newBatchThreshold", "maxDequeueCount", "messageEncoding"]));
        Assert.Empty(BicepFile.At(host, "customHandler").EnumerateObject().Select(property => property.Name)
            .Except(["description", "enableForwardingHttpRequest", "enableProxyingHttpRequest", "http", "port", "initializationTimeout"]));
    }

    [Fact]
    public void The_image_is_built_in_one_stage_and_shipped_without_shell_or_root_in_another()
    {
        var steps = File.ReadAllLines(Path.Combine(Root, "gateway", "Dockerfile")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var last = steps.FindLastIndex(step => step[0] == "FROM");

        Assert.Equal(2, steps.Count(step => step[0] == "FROM"));
        Assert.Equal("build", steps[0][^1]);
        Assert.EndsWith("-chiseled", steps[last][1], StringComparison.Ordinal);
        var shipped = steps[last..];
        Assert.DoesNotContain(shipped, step => step[0] == "RUN"); // there is nothing in it that could run one
        Assert.Equal("1654:1654", Assert.Single(shipped, step => step[0] == "USER")[1]);
        Assert.Equal(["2525", "2587", "2465", "2110", "2995", "2081"], Assert.Single(shipped, step => step[0] == "EXPOSE")[1..]);
        Assert.Equal("[\"/app/MailFunctions.Gateway\"]", Assert.Single(shipped, step => step[0] == "ENTRYPOINT")[1]);
        Assert.Contains(shipped, step => step[0] == "COPY" && step[1] == "--from=build");
        // A folder or file that is copied must be there, and must not be kept out of the build's context.
        var allowed = File.ReadAllLines(Path.Combine(Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = steps[..last].Where(step => step[0] == "COPY").SelectMany(step => step[1..^1]).Select(path => path.TrimEnd('/')).ToList();
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Root, path)), path));
        Assert.Equal(allowed.Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
        Assert.Contains(steps[..last], step => step[0] == "RUN" && step.Contains("publish") && step.Contains("gateway/Gateway.csproj"));
    }

    [Theory]
    [InlineData("functions/App/App.csproj", "SelfContained", "PublishReadyToRun")] // packed on any machine, which need not have a linker
    [InlineData("gateway/Gateway.csproj", "PublishAot")]
    public void A_plain_publish_needs_no_runtime_and_is_compiled_ahead(string project, params string[] switches)
    {
        var group = Assert.Single(System.Xml.Linq.XDocument.Load(Path.Combine(Root, project)).Descendants("PropertyGroup"), element => (string?)element.Attribute("Condition") == "'$(_IsPublishing)' == 'true'");

        Assert.Equal("linux-x64", (string?)group.Element("RuntimeIdentifier"));
        Assert.All(switches, name => Assert.Equal("true", (string?)group.Element(name)));
    }

    [Fact]
    public void A_machine_runs_the_image_read_only_without_rights_and_its_script_is_one_that_a_shell_can_read()
    {
        var text = File.ReadAllText(Path.Combine(BicepFile.Folder, "gateway-cloud-init.yaml"));
        var vmss = File.ReadAllText(Path.Combine(BicepFile.Folder, "modules", "gateway-vmss.bicep"));
        var marks = System.Text.RegularExpressions.Regex.Matches(text, "__[A-Z]+__").Select(match => match.Value).Distinct();
        var given = System.Text.RegularExpressions.Regex.Matches(vmss, "(__[A-Z]+__):").Select(match => match.Groups[1].Value).Distinct();

        Assert.StartsWith("#cloud-config\n", text, StringComparison.Ordinal);
        Assert.Equal(marks.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
        var start = Assert.Single(text.Split('\n'), line => line.Contains("ExecStart=/usr/bin/podman run", StringComparison.Ordinal));
        Assert.All(
            new[] { "--read-only", "--cap-drop all", "--security-opt no-new-privileges", "--network host", "--volume /run/mailfunctions/tls:/tls:ro" },
            option => Assert.Contains($" {option} ", start, StringComparison.Ordinal));
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.Trim() == "#!/bin/sh");
        var script = string.Join('\n', lines[first..].TakeWhile(line => line.StartsWith("      ", StringComparison.Ordinal)).Select(line => line[6..]));
        Assert.Equal(0, Run("sh", ["-n", "-c", script], []).ExitCode);
    }

    // Maps and single-line values are all the YAML that azure.yaml needs: names on the way, joined by dots.
    private static Dictionary<string, string> ReadYaml(string path)
    {
        var found = new Dictionary<string, string>();
        var way = new List<(int Indent, string Name)>();
        foreach (var line in File.ReadAllLines(path).Where(line => line.Trim().Length > 0 && line.TrimStart()[0] != '#'))
        {
            var indent = line.Length - line.TrimStart().Length;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(colon > 0 && indent % 2 == 0, line);
            way.RemoveAll(step => step.Indent >= indent);
            way.Add((indent, line[..colon].Trim()));
            if (line[(colon + 1)..].Trim() is { Length: > 0 } value)
                Assert.True(found.TryAdd(string.Join('.', way.Select(step => step.Name)), value), line);
        }
        return found;
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, string[] arguments, string[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var pair in environment)
            start.Environment[pair[..pair.IndexOf('=', StringComparison.Ordinal)]] = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
