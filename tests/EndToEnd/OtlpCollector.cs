// A collector of OTLP over HTTP, which reads as much of it as tests look at.
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>A span as it was exported.</summary>
internal sealed record CollectedSpan(
    string Service, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Events);

/// <summary>Takes traces, metrics and logs on a port of 127.0.0.1.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = [];
    private readonly Task _serving;

    private OtlpCollector(int port)
    {
        Endpoint = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Endpoint}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; }

    /// <summary>The variables that make a program export to it, soon after something happened.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>Everything that came, as it came, an octet a character.</summary>
    public IEnumerable<string> Bodies => _requests.Select(request => Encoding.Latin1.GetString(request.Body));

    /// <summary>All spans so far.</summary>
    public List<CollectedSpan> Spans => [.. Of("/v1/traces").SelectMany(SpansOf)];

    /// <summary>The names of all metrics so far.</summary>
    public HashSet<string> Metrics =>
        [.. Of("/v1/metrics").SelectMany(body => ProtoField.All(body, 1, 2, 2)).Select(metric => ProtoField.Text(metric, 1))];

    /// <summary>The bodies of all log records so far.</summary>
    public List<string> Logs =>
        [.. Of("/v1/logs").SelectMany(body => ProtoField.All(body, 1, 2, 2)).Select(record => ProtoField.Text(ProtoField.All(record, 5).Single(), 1))];

    /// <summary>Starts one.</summary>
    public static OtlpCollector Start() => new(AzuriteServer.FreePorts(1));

    /// <summary>Waits until something has come.</summary>
    public async Task UntilAsync(Func<bool> there)
    {
        for (var tries = 0; !there(); tries++)
        {
            Assert.True(tries < 300, string.Join('\n', Spans.Select(span => span.ToString()).Concat(Metrics)));
            await Task.Delay(100);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Of(string path) =>
        _requests.Where(request => request.Path == path).Select(request => (ReadOnlyMemory<byte>)request.Body);

    private async Task ServeAsync()
    {
        for (; ; )
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception) when (!_listener.IsListening)
            {
                return;
            }
            catch (HttpListenerException)
            {
                // a program that was stopped in the middle of its export
            }
        }
    }

    // opentelemetry/proto/trace/v1/trace.proto
    private static IEnumerable<CollectedSpan> SpansOf(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in ProtoField.All(request, 1))
        {
            var service = ProtoField.All(resource, 1).Select(inner => TagsOf(inner, 1)).Single()["service.name"];
            foreach (var span in ProtoField.All(resource, 2, 2))
            {
                yield return new CollectedSpan(
                    service, ProtoField.Hex(span, 1), ProtoField.Hex(span, 2), ProtoField.Hex(span, 4), ProtoField.Text(span, 5), TagsOf(span, 9),
                    [.. ProtoField.All(span, 11).Select(item => $"{ProtoField.Text(item, 2)} {string.Join(' ', TagsOf(item, 3).Values)}")]);
            }
        }
    }

    private static Dictionary<string, string> TagsOf(ReadOnlyMemory<byte> message, int number) =>
        ProtoField.All(message, number).ToDictionary(pair => ProtoField.Text(pair, 1), pair => ProtoField.Value(ProtoField.All(pair, 2).Single()));
}

/// <summary>Fields of protocol buffers (https://protobuf.dev/programming-guides/encoding/).</summary>
internal static class ProtoField
{
    /// <summary>Every submessage or text along a path of field numbers.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> All(ReadOnlyMemory<byte> message, params int[] path)
    {
        IEnumerable<ReadOnlyMemory<byte>> found = [message];
        foreach (var number in path)
            found = found.SelectMany(inner => Read(inner).Where(field => field.Number == number).Select(field => field.Octets));
        return found;
    }

    /// <summary>A text, empty if it is not there.</summary>
    public static string Text(ReadOnlyMemory<byte> message, int number) => Encoding.UTF8.GetString(All(message, number).FirstOrDefault().Span);

    /// <summary>Octets as hexadecimal digits.</summary>
    public static string Hex(ReadOnlyMemory<byte> message, int number) => Convert.ToHexStringLower(All(message, number).FirstOrDefault().Span);

    /// <summary>An AnyValue of a text, a truth or a number.</summary>
    public static string Value(ReadOnlyMemory<byte> any)
    {
        var field = Read(any).First();
        return field.Number == 1 ? Encoding.UTF8.GetString(field.Octets.Span) : field.Number == 2 ? $"{field.Number == 2 && field.Bits == 1}" : $"{field.Bits}";
    }

    private static IEnumerable<(int Number, ulong Bits, ReadOnlyMemory<byte> Octets)> Read(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var (bits, length) = (0UL, 0);
            switch (key & 7)
            {
                case 0:
                    bits = Varint(message, ref at);
                    break;
                case 1:
                    length = 8;
                    break;
                case 2:
                    length = (int)Varint(message, ref at);
                    break;
                default:
                    length = 4;
                    break;
            }
            yield return ((int)(key >> 3), bits, message.Slice(at, length));
            at += length;
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var octet = message.Span[at++];
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
                return value;
        }
    }
}
