// What the Functions host finds beside the program.
using System.Text.Json;
using MailFunctions.App.Triggers;

namespace MailFunctions.Pipeline.Functions;

public sealed class FunctionFilesTests
{
    public static string Output => FunctionAppProcess.Folder;

    // HTTP functions, which the program serves by their routes.
    private static readonly string[] Pages = ["Health", "MtaStsPolicy", "MozillaConfig", "MozillaConfigWellKnown", "Autodiscover"];

    [Fact]
    public void Every_function_has_a_folder_with_only_its_function_json_and_every_folder_a_function()
    {
        // Where the Functions host looks: folders right below the root. A publish leaves a tree of its own (linux-x64/) further down.
        var folders = Directory.GetDirectories(Output).Where(folder => File.Exists(Path.Combine(folder, "function.json"))).ToList();

        Assert.All(folders, folder => Assert.Single(Directory.GetFileSystemEntries(folder)));
        Assert.Equal(
            TriggerTable.ByTarget.Keys.Select(target => target[1..]).Concat(Pages).Order(StringComparer.Ordinal),
            folders.Select(folder => Path.GetRelativePath(Output, folder)).Order(StringComparer.Ordinal));
        Assert.All(folders, folder => Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,127}$", Path.GetFileName(folder)));
    }

    [Theory]
    [InlineData("RouteMessage", "queueTrigger", "msg", "accepted")]
    [InlineData("RelayMessage", "queueTrigger", "msg", "relay")]
    [InlineData("ParkPoisonedAccepted", "queueTrigger", "msg", "accepted-poison")]
    [InlineData("ParkPoisonedRelay", "queueTrigger", "msg", "relay-poison")]
    [InlineData("RetryDeferred", "timerTrigger", "timer", "%RetryTimer%")]
    [InlineData("SweepSpool", "timerTrigger", "timer", "%SweepTimer%")]
    [InlineData("RenewCertificate", "timerTrigger", "timer", "%RenewTimer%")]
    [InlineData("ReportTls", "timerTrigger", "timer", "%ReportTlsTimer%")]
    public void A_trigger_is_bound_as_the_program_expects(string function, string type, string name, string source)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, function, "function.json")));
        var binding = Assert.Single(json.RootElement.GetProperty("bindings").EnumerateArray());
        string Text(string property) => binding.GetProperty(property).GetString()!;

        Assert.Equal((type, "in", name), (Text("type"), Text("direction"), Text("name")));
        if (type == "queueTrigger")
            Assert.Equal((source, "MailStorage", "binary"), (Text("queueName"), Text("connection"), Text("dataType")));
        else
            Assert.Equal((source, true, false),
                (Text("schedule"), binding.GetProperty("useMonitor").GetBoolean(), binding.GetProperty("runOnStartup").GetBoolean()));
    }

    [Fact]
    public void Every_http_route_is_one_whole_path_and_never_that_of_a_trigger()
    {
        foreach (var file in Directory.GetFiles(Output, "function.json", SearchOption.AllDirectories))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var http = json.RootElement.GetProperty("bindings").EnumerateArray().Where(binding => binding.GetProperty("type").GetString() == "httpTrigger");
            Assert.All(http, binding =>
            {
                var route = binding.GetProperty("route").GetString()!;
                Assert.DoesNotContain(route, c => c is '{' or '*');
                Assert.DoesNotContain($"/{route}", TriggerTable.ByTarget.Keys, StringComparer.OrdinalIgnoreCase);
            });
        }
    }

    [Fact]
    public void The_host_starts_the_program_that_lies_beside_its_settings()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Output, "host.json")));
        var handler = json.RootElement.GetProperty("customHandler");
        var queues = json.RootElement.GetProperty("extensions").GetProperty("queues");

        Assert.True(File.Exists(Path.Combine(Output, handler.GetProperty("description").GetProperty("defaultExecutablePath").GetString()!)));
        Assert.True(handler.GetProperty("enableProxyingHttpRequest").GetBoolean());
        Assert.Equal("", json.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.Equal("00:10:00", json.RootElement.GetProperty("functionTimeout").GetString());
        Assert.Equal(
            ("00:00:02", "00:00:30", 16, 8, 5, "base64"),
            (queues.GetProperty("maxPollingInterval").GetString(), queues.GetProperty("visibilityTimeout").GetString(), queues.GetProperty("batchSize").GetInt32(),
                queues.GetProperty("newBatchThreshold").GetInt32(), queues.GetProperty("maxDequeueCount").GetInt32(), queues.GetProperty("messageEncoding").GetString()));
    }
}
