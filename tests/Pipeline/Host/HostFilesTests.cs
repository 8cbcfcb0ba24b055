// host.json, function.json and the settings they name.
using System.Text;
using MailFunctions.Local.Host;

namespace MailFunctions.Pipeline.Host;

public sealed class HostFilesTests
{
    private const string Handler = "\"customHandler\":{\"description\":{\"defaultExecutablePath\":\"X\",\"arguments\":[\"%A%\"]}}";

    private static readonly AppSettings Settings = new([new("Storage1", "UseDevelopmentStorage=true"), new("Tick", "0 * * * * *"), new("AzureWebJobsInner", "s")]);

    [Fact]
    public void What_host_json_does_not_say_is_as_on_the_platform()
    {
        var settings = HostFile.Read(Encoding.UTF8.GetBytes("{\"version\":\"2.0\"," + Handler + "}"));

        Assert.Equal(TimeSpan.FromMinutes(30), settings.FunctionTimeout);
        Assert.Equal("api", settings.RoutePrefix);
        Assert.Equal(
            new QueueSettings { NewBatchThreshold = 8 * Environment.ProcessorCount, MaxDequeueCount = 5, BatchSize = 16, VisibilityTimeout = TimeSpan.Zero },
            settings.Queues);
        Assert.Equal("%A%", Assert.Single(settings.Handler.Arguments));
    }

    [Fact]
    public void What_host_json_says_is_followed()
    {
        var settings = HostFile.Read(Encoding.UTF8.GetBytes("""
            {"version":"2.0", "functionTimeout":"00:10:00", H, // with a comment
             "extensions":{"http":{"routePrefix":""},"queues":{"batchSize":4,"newBatchThreshold":0,"maxDequeueCount":2,"maxPollingInterval":"00:00:02",
             "visibilityTimeout":"00:00:30","messageEncoding":"none"}}}
            """.Replace("H", Handler, StringComparison.Ordinal)));;

        Assert.Equal(TimeSpan.FromMinutes(10), settings.FunctionTimeout);
        Assert.Equal("", settings.RoutePrefix);
        Assert.Equal(
            new QueueSettings
            {
                BatchSize = 4, NewBatchThreshold = 0, MaxDequeueCount = 2, MaxPollingInterval = TimeSpan.FromSeconds(2),
                VisibilityTimeout = TimeSpan.FromSeconds(30), IsBase64 = false,
            },
            settings.Queues);
    }

    [Theory]
    [InlineData("{}", "version")]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"version":"2.0"}""", "defaultExecutablePath")]
    [InlineData("""{"version":"2.0",H,"functionTimeout":"soon"}""", "functionTimeout")]
    [InlineData("""{"version":"2.0",H,"extensions":{"queues":{"batchSize":33}}}""", "batchSize")]
    [InlineData("""{"version":"2.0",H,"extensions":{"queues":{"newBatchThreshold":-1}}}""", "newBatchThreshold")]
    [InlineData("""{"version":"2.0",H,"extensions":{"queues":{"maxDequeueCount":0}}}""", "maxDequeueCount")]
    [InlineData("""{"version":"2.0",H,"extensions":{"queues":{"maxPollingInterval":"00:00:00.05"}}}""", "maxPollingInterval")]
    [InlineData("""{"version":"2.0",H,"extensions":{"queues":{"visibilityTimeout":"8.00:00:00"}}}""", "visibilityTimeout")]
    public void A_wrong_host_json_is_refused_by_name(string json, string names) => Assert.Contains(
        names,
        Assert.Throws<InvalidDataException>(() => HostFile.Read(Encoding.UTF8.GetBytes(json.Replace("H", Handler, StringComparison.Ordinal)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_queue_trigger_names_queue_connection_and_type()
    {
        var function = Read("""{"bindings":[{"type":"queueTrigger","name":"msg","queueName":"accepted","connection":"Storage1","dataType":"binary"}]}""");

        Assert.Equal(new FunctionDefinition("F", "msg", new FunctionTrigger.Queue("accepted", "UseDevelopmentStorage=true", IsBinary: true)), function);
    }

    [Fact]
    public void A_connection_may_be_named_without_its_prefix() => Assert.Equal(
        new FunctionTrigger.Queue("q", "s", IsBinary: false),
        Read("""{"bindings":[{"type":"queueTrigger","name":"msg","queueName":"q","connection":"Inner"}]}""").Trigger);

    [Fact]
    public void A_timer_trigger_takes_its_schedule_from_a_setting()
    {
        var timer = Assert.IsType<FunctionTrigger.Timer>(Read("""{"bindings":[{"type":"timerTrigger","name":"timer","schedule":"%Tick%"}]}""").Trigger);

        Assert.True(timer.UseMonitor);
        Assert.False(timer.RunOnStartup);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 1, 0, TimeSpan.Zero), timer.Schedule.NextAfter(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void An_http_trigger_has_a_route_and_methods()
    {
        var http = Assert.IsType<FunctionTrigger.Http>(
            Read("""{"bindings":[{"type":"httpTrigger","name":"req","methods":["get","HEAD"],"route":"/web/health"},{"type":"http","name":"res"}]}""").Trigger);

        Assert.Equal("web/health", http.Route);
        Assert.Equal(["GET", "HEAD"], http.Methods);
    }

    [Theory]
    [InlineData("""{"bindings":[]}""", "one trigger")]
    [InlineData("""{"bindings":[{"type":"blobTrigger","name":"b"}]}""", "blobTrigger")]
    [InlineData("""{"bindings":[{"type":"timerTrigger","name":"t","schedule":"%Nowhere%"}]}""", "Nowhere")]
    [InlineData("""{"bindings":[{"type":"timerTrigger","name":"t"}]}""", "schedule")]
    [InlineData("""{"bindings":[{"type":"queueTrigger","name":"q","queueName":"q","connection":"Nope"}]}""", "Nope")]
    [InlineData("""{"bindings":[{"type":"queueTrigger","name":"q","connection":"Storage1"}]}""", "queueName")]
    [InlineData("""[1]""", "cannot be read")]
    public void A_wrong_function_json_is_refused_by_name(string json, string names) =>
        Assert.Contains(names, Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static FunctionDefinition Read(string json) => FunctionFile.Read("F", Encoding.UTF8.GetBytes(json), Settings);
}
