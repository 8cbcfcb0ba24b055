// That the programs get settings that they read, in a form that they accept, and all that they cannot do without.
using System.Text.Json;
using MailFunctions.App;
using MailFunctions.Gateway;
using MailFunctions.Rig;
using MailFunctions.Storage;
using Microsoft.Extensions.Configuration;

namespace MailFunctions.Pipeline.Infra;

public sealed class SettingsTests
{
    // What stands for the values that only a deployment knows.
    private static readonly Dictionary<string, string> Deployed = new()
    {
        ["Mail__Storage"] = "https://mailabc.blob.core.windows.net/", ["Mail__Hostname"] = "mail.example.org", ["Mail__Postmaster"] = "",
        ["Mail__Relay__Hold"] = "False", ["Mail__Relay__OwnAddresses"] = "203.0.113.7", ["Mail__Smarthost__Host"] = "smtp.example.net",
        ["Mail__Smarthost__Port"] = "587", ["Mail__Smarthost__Tls"] = "starttls", ["Mail__Smarthost__Username"] = "user", ["Mail__Smarthost__Password"] = "password",
        ["Mail__Logins__SaltKey"] = "a salt key of some length", ["Mail__Scan__Rspamd"] = "http://10.0.0.4:11333",
        ["Mail__Srs__Keys"] = "0123456789abcdef", ["Mail__Acme__Vault"] = "https://kv-abc.vault.azure.net/",
        ["Mail__Acme__Zone"] = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/dns/providers/Microsoft.Network/dnszones/example.org",
    };

    [Fact]
    public void The_function_app_accepts_its_settings_and_reads_every_one_of_them()
    {
        var settings = BicepFile.Module("functions").Settings.Where(setting => setting.Key.StartsWith("Mail__", StringComparison.Ordinal)).ToDictionary();
        var notes = new NotedReads(Values(settings).Append(new(AppOptions.PortKey, "7071")).ToDictionary()); // the host sets the port
        var configuration = new ConfigurationRoot([notes]);

        AppOptions.Read(configuration);
        Assert.NotNull(AcmeOptions.Read(configuration).Vault);
        var relay = RelayOptions.Read(configuration, "Production");

        Assert.Equal("smtp.example.net", relay.Smarthost!.Host.Text);
        Assert.False(relay.Hold);
        Assert.Equal("10.0.0.4", relay.Scan.Rspamd!.Host);
        using var stores = OpenStores(Deployed["Mail__Storage"]);
        Assert.Empty(settings.Keys.Select(key => key.Replace("__", ":", StringComparison.Ordinal)).Except(notes.Keys.Append(StorageOptions.Key), StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("gateway-containerapp", true)]
    [InlineData("gateway-vmss", false)]
    public void The_gateway_accepts_its_settings_with_and_without_a_certificate_and_knows_whether_it_sees_addresses(string module, bool hidden)
    {
        var common = BicepFile.Main.Settings.Where(setting => setting.Key.StartsWith("Mail__", StringComparison.Ordinal));
        var own = BicepFile.Module(module).Settings.Where(setting => setting.Key.StartsWith("Mail__", StringComparison.Ordinal));
        var settings = common.Concat(own).ToDictionary();
        var certificate = Path.GetTempFileName();
        try
        {
            Assert.Equal("/tls/certificate.pem", settings["Mail__Tls__Certificate"].GetString());
            string[] without = ["Mail__Listeners__Submissions", "Mail__Listeners__Pop3s"];
            foreach (var given in new[] { settings.Where(setting => setting.Key != "Mail__Tls__Certificate"), settings.Where(setting => !without.Contains(setting.Key)) })
            {
                var values = Values(given.ToDictionary());
                if (values.ContainsKey("Mail:Tls:Certificate"))
                    values["Mail:Tls:Certificate"] = certificate;
                var notes = new NotedReads(values);
                var options = new ConfigurationRoot([notes]).GetSection(GatewayOptions.Section).Get<GatewayOptions>()!;

                Assert.True(new GatewayOptionsValidation().Validate(null, options).Succeeded, string.Join(' ', new GatewayOptionsValidation().Validate(null, options).Failures ?? []));
                Assert.Equal(hidden, options.ClientAddressHidden);
                Assert.Empty(values.Keys.Except(notes.Keys.Append(StorageOptions.Key), StringComparer.OrdinalIgnoreCase));
            }
        }
        finally
        {
            File.Delete(certificate);
        }
    }

    [Fact]
    public void What_the_function_files_name_is_set()
    {
        var settings = BicepFile.Module("functions").Settings.Keys.ToHashSet();
        foreach (var path in Directory.EnumerateFiles(Functions.FunctionFilesTests.Output, "function.json", SearchOption.AllDirectories))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            foreach (var binding in json.RootElement.GetProperty("bindings").EnumerateArray())
            {
                if (binding.TryGetProperty("schedule", out var schedule))
                    Assert.Contains(schedule.GetString()!.Trim('%'), settings);
                if (binding.TryGetProperty("connection", out var connection))
                    Assert.Superset(new[] { "queueServiceUri", "credential", "clientId" }.Select(end => $"{connection.GetString()}__{end}").ToHashSet(), settings);
            }
        }
        Assert.Superset(
            new HashSet<string> { "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri", "AZURE_CLIENT_ID" }, settings);
        // The runtime stands in functionAppConfig, and the platform refuses both.
        Assert.DoesNotContain("FUNCTIONS_WORKER_RUNTIME", settings);
    }

    [Fact]
    public void The_function_app_is_a_custom_handler_on_flex_consumption_with_a_bound_on_its_instances()
    {
        var functions = BicepFile.Module("functions");
        var app = functions.Resource("app").Body;

        Assert.Equal(("FC1", "FlexConsumption"), (BicepFile.At(functions.Resource("plan").Body, "sku.name").GetString(), BicepFile.At(functions.Resource("plan").Body, "sku.tier").GetString()));
        Assert.Equal("functionapp,linux", app.GetProperty("kind").GetString());
        Assert.Equal(("custom", "1.0"), (BicepFile.At(app, "properties.functionAppConfig.runtime.name").GetString(), BicepFile.At(app, "properties.functionAppConfig.runtime.version").GetString()));
        Assert.Equal("UserAssignedIdentity", BicepFile.At(app, "properties.functionAppConfig.deployment.storage.authentication.type").GetString());
        Assert.Equal("maximumInstanceCount", BicepFile.Text(BicepFile.At(app, "properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount")));
        Assert.InRange(BicepFile.Main.Parameters["maximumInstanceCount"].Default.GetInt32(), 40, 1000);
        Assert.Contains("'azd-service-name': 'functions'", BicepFile.Text(app.GetProperty("tags")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_listener_has_a_port_of_the_world_in_both_profiles()
    {
        var ingress = BicepFile.At(BicepFile.Module("gateway-containerapp").Resource("gateway").Body, "properties.configuration.ingress");
        var exposed = ingress.GetProperty("additionalPortMappings").EnumerateArray().Append(ingress)
            .ToDictionary(row => row.GetProperty("exposedPort").GetInt32(), row => row.GetProperty("targetPort").GetInt32());
        var balanced = BicepFile.Module("gateway-balancer").Variables["ports"].EnumerateArray()
            .ToDictionary(row => row.GetProperty("outside").GetInt32(), row => row.GetProperty("inside").GetInt32());
        var allowed = BicepFile.At(BicepFile.Module("network").Resource("gatewayRules").Body, "properties.securityRules")[0].GetProperty("properties")
            .GetProperty("destinationPortRanges").EnumerateArray().Select(port => int.Parse(port.GetString()!, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(new Dictionary<int, int> { [25] = 2525, [587] = 2587, [465] = 2465, [110] = 2110, [995] = 2995 }, exposed);
        Assert.Equal(exposed, balanced);
        var listeners = Listeners.Rows.Select(row => System.Net.IPEndPoint.Parse(row.EndPoint(new ListenerOptions())).Port).Order();
        Assert.Equal(listeners, exposed.Values.Order());
        Assert.Equal(listeners, allowed.Order());
        Assert.Equal("tcp", ingress.GetProperty("transport").GetString());
    }

    [Fact]
    public void The_alerts_look_for_events_that_the_programs_log()
    {
        var logs = Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "functions", "App", "Pipeline"), "*Log.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var queries = BicepFile.Module("alerts").Variables["rules"].EnumerateArray().Select(rule => rule.GetProperty("query").GetString()!).ToList();
        var events = queries.SelectMany(query => System.Text.RegularExpressions.Regex.Matches(query, @"\[(\d+)\]").Select(match => match.Groups[1].Value)).ToList();
        var functions = queries.SelectMany(query => System.Text.RegularExpressions.Regex.Matches(query, "name == \"(\\w+)\"").Select(match => match.Groups[1].Value));

        Assert.Equal(["1023", "1030", "1050", "1900", "1901", "1910", "1922"], events.Order(StringComparer.Ordinal));
        Assert.All(events, id => Assert.Contains(logs, log => log.Contains($"LoggerMessage({id},", StringComparison.Ordinal)));
        Assert.All(functions, name => Assert.True(File.Exists(Path.Combine(Functions.FunctionFilesTests.Output, name, "function.json"))));
    }

    // The first look at a store opens it: a storage setting that cannot be used would be told here.
    private static MailStores OpenStores(string account) => MailStores.Open(new StorageOptions { Storage = account }, "Production", new StorageSeams());

    private static Dictionary<string, string> Values(IReadOnlyDictionary<string, JsonElement> settings) => settings.ToDictionary(
        setting => setting.Key.Replace("__", ":", StringComparison.Ordinal),
        setting => Deployed.TryGetValue(setting.Key, out var value) ? value
            : setting.Value.ValueKind == JsonValueKind.String ? setting.Value.GetString()!
            : throw new Xunit.Sdk.XunitException($"{setting.Key} needs a value that stands for {setting.Value}."));

    private sealed class NotedReads(Dictionary<string, string> values) : ConfigurationProvider
    {
        public HashSet<string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

        public override void Load() => Data = values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.OrdinalIgnoreCase);

        public override bool TryGet(string key, out string? value)
        {
            Keys.Add(key);
            return base.TryGet(key, out value);
        }
    }
}
