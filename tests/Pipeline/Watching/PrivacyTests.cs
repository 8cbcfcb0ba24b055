// How addresses are shown under each policy, and what is refused as one.
using System.Text;
using MailFunctions.App;
using MailFunctions.Mail;
using MailFunctions.Pipeline.Functions;
using MailFunctions.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MailFunctions.Pipeline.Watching;

public sealed class PrivacyTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("0123456789abcdef");

    // The text, as it is shown by "domains", and by "hashed" with H for each hash.
    public static TheoryData<string, string, string> Rows => new()
    {
        { "", "", "" },
        { "no address", "no address", "no address" },
        { "alice@example.test", "@example.test", "H@example.test" },
        { "delivered to alice@example.test.", "delivered to @example.test.", "delivered to H@example.test." },
        { "<alice@example.test>", "<@example.test>", "<H@example.test>" },
        { "'alice@example.test' is", "'@example.test' is", "'H@example.test' is" },
        { "a@b.test,c@d.test", "@b.test,@d.test", "H@b.test,H@d.test" },
        { "a@b.test c@d.test", "@b.test @d.test", "H@b.test H@d.test" },
        { "\"a b\"@c.test", "@c.test", "H@c.test" },
        { "\"a \\\" b\"@c.test", "@c.test", "H@c.test" },
        { "x \"a@b\"@c.test", "x \"@b\"@c.test", "x \"H@b\"@c.test" },
        { "a@[192.0.2.1] said", "@[192.0.2.1] said", "H@[192.0.2.1] said" },
        { "\u00e9l\u00e8ve@\u00e9cole.test", "@\u00e9cole.test", "H@\u00e9cole.test" },
        { "SRS0=hash=tt=far.test=bob@us.test", "@us.test", "H@us.test" },
        { "bob%far.test@us.test", "@us.test", "H@us.test" },
        { "at @ alone and @example.test", "at @ alone and @example.test", "at @ alone and @example.test" },
        { "alice@", "@", "H@" },
        { "a@b@c", "@b@c", "H@b@c" },
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "Mail:Privacy", "Clear", "Mail:Privacy is 'Clear'" },
        { "Mail:Privacy", "none", "Mail:Privacy is 'none'" },
        { "Mail:PrivacyKey", "too short", "Mail:PrivacyKey has less than 16 octets" },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4317'" },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://localhost", "OTEL_EXPORTER_OTLP_ENDPOINT is 'ftp://localhost'" },
        { "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_address_is_found_wherever_it_stands(string text, string domains, string hashed)
    {
        Assert.Equal(text, AddressPrivacy.TryCreate("clear", Key)!.Clean(text));
        Assert.Equal(domains, AddressPrivacy.TryCreate("domains", null)!.Clean(text));
        var shown = AddressPrivacy.TryCreate("hashed", Key)!.Clean(text);
        Assert.Equal(hashed, System.Text.RegularExpressions.Regex.Replace(shown, "~[0-9a-f]{12}", "H"));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_text_cut_anywhere_shows_no_more_than_the_whole(string text, string domains, string hashed)
    {
        Assert.Equal(hashed.Count(c => c == '@'), domains.Count(c => c == '@'));
        var policy = AddressPrivacy.TryCreate("domains", null)!;
        for (var length = text.IndexOf('@', StringComparison.Ordinal) + 1; length > 0 && length <= text.Length; length++)
            Assert.DoesNotContain("alice@", policy.Clean(text[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_is_that_of_the_address_and_of_the_key()
    {
        var policy = AddressPrivacy.TryCreate("hashed", Key)!;
        Assert.Equal(policy.Clean("Alice@Example.test").ToLowerInvariant(), policy.Clean("alice@example.test"));
        Assert.NotEqual(policy.Clean("alice@example.test")[..13], policy.Clean("alice@example.org")[..13]);
        Assert.NotEqual(policy.Clean("alice@example.test"), AddressPrivacy.TryCreate("hashed", [.. Key, 1])!.Clean("alice@example.test"));
        Assert.NotEqual(policy.Clean("alice@example.test"), AddressPrivacy.TryCreate("hashed", null)!.Clean("alice@example.test"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_setting_fails_the_start_by_name_and_value(string key, string value, string told)
    {
        string[] settings = [$"--{AppOptions.PortKey}=0", "--Mail:Relay:Hold=true", "--Mail:Storage=nobodyshere", $"--{key}={value}"];

        var error = Assert.Throws<OptionsValidationException>(() => FunctionApp.Build(settings, StoreRegistration.Add));

        Assert.StartsWith(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too short", error.Message, StringComparison.Ordinal); // that one is a secret
    }

    [Fact]
    public void Nothing_is_exported_unless_an_endpoint_is_given()
    {
        static TelemetrySettings Of(params (string Key, string Value)[] values) => TelemetrySettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
        var endpoint = (TelemetrySettings.EndpointKey, "http://127.0.0.1:4318");

        Assert.False(Of().Exports);
        Assert.False(Of((TelemetrySettings.EndpointKey, "")).Exports);
        Assert.True(Of(endpoint).Exports);
        Assert.False(Of(endpoint, ("OTEL_SDK_DISABLED", "true")).Exports);
    }

    [Theory]
    [InlineData("clear", "alice@example.test")]
    [InlineData("domains", " @example.test")]
    [InlineData("hashed", "@example.test")]
    public async Task Every_line_of_the_function_app_is_written_by_the_policy(string privacy, string shown)
    {
        await using var app = await RunningApp.StartAsync($"--Mail:Privacy={privacy}");
        var id = SpoolId.New(app.Stores.Time);
        app.Stores.Spool.Put(PipelineRig.EnvelopeOf(id, [PipelineRig.Alice]), RelayRig.Content);
        var text = Convert.ToBase64String(new WorkItem { Id = id }.ToBytes());

        Assert.Equal(200, (await app.InvokeAsync("RouteMessage", $$$"""{"Data":{"msg":"{{{text}}}"},"Metadata":{}}""")).Status);

        var line = Assert.Single(app.Log.Lines, line => line.Event == 1000).Text;
        Assert.Contains(shown, line, StringComparison.Ordinal);
        Assert.Equal(privacy == "clear", app.Log.Lines.Any(line => line.Text.Contains("alice", StringComparison.Ordinal)));
    }

    [Fact]
    public void Values_scopes_and_exceptions_are_shown_by_the_policy_too()
    {
        var recorder = new ValueRecorder();
        var log = new PrivateLogger(recorder, AddressPrivacy.TryCreate("domains", null)!);

        List<KeyValuePair<string, object?>> values = [new("Account", PipelineRig.Alice), new("Count", 3), new("Reply", "550 <alice@example.test>")];
        log.Log(
            LogLevel.Error, new EventId(7, "x"), values, new IOException("for alice@example.test", new IOException("alice@example.test")), (_, _) => "to alice@example.test");

        Assert.Equal("to @example.test", recorder.Text);
        Assert.Equal(["@example.test", 3, "550 <@example.test>"], recorder.Values.Select(pair => pair.Value));
        Assert.Equal("for @example.test", recorder.Exception!.Message);
        Assert.DoesNotContain("alice", recorder.Exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("System.IO.IOException", recorder.Exception.ToString(), StringComparison.Ordinal);
    }

    private sealed class ValueRecorder : ILogger
    {
        public string Text { get; private set; } = "";

        public IReadOnlyList<KeyValuePair<string, object?>> Values { get; private set; } = [];

        public Exception? Exception { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Text = formatter(state, exception);
            Values = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
            Exception = exception;
        }
    }
}
