// A request to the simulated service, as it came over the wire.
using System.Globalization;
using Azure.Core;
using MailFunctions.Rig;

namespace MailFunctions.Simulation.Store;

/// <summary>What a client asked for.</summary>
/// <param name="Call">The call by the name that the service's documentation gives it.</param>
/// <param name="Method">GET, PUT and so on.</param>
/// <param name="IsQueue">Whether the queue service was asked, else the blob service.</param>
/// <param name="Path">The parts of the path after the account, unescaped: container and blob, or queue and what follows it.</param>
/// <param name="Query">The parameters.</param>
/// <param name="Headers">The headers, by names in lower case.</param>
/// <param name="Body">The body.</param>
internal sealed record SimRequest(
    string Call, string Method, bool IsQueue, IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Query,
    IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The port at which the queue service is told apart from the blob service.</summary>
    public const int QueuePort = 2;

    /// <summary>How a client reaches the simulated account. The signature opens nothing; with a key each call would be signed, for nobody to look at.</summary>
    public const string ConnectionString =
        "BlobEndpoint=http://127.0.0.1:1/sim;QueueEndpoint=http://127.0.0.1:2/sim;SharedAccessSignature=sig=sim";

    /// <summary>What <c>comp</c> says, or nothing.</summary>
    public string Component => Query.GetValueOrDefault("comp", "");

    /// <summary>The container's or queue's name, and what is in it.</summary>
    public string Target => string.Join('/', Path);

    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>A number among the parameters, or null.</summary>
    public int? Number(string name) => Query.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The same request with a header taken away, or with a parameter set.</summary>
    public SimRequest WithoutHeader(string name) => this with { Headers = Headers.Where(header => header.Key != name).ToDictionary() };

    /// <summary>Reads a request of the SDK's.</summary>
    public static SimRequest Of(Request request)
    {
        var uri = request.Uri.ToUri();
        var headers = request.Headers.ToDictionary(header => header.Name.ToLowerInvariant(), header => header.Value);
        var path = uri.AbsolutePath.Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        return new SimRequest(
            StorageCalls.NameOf(request), request.Method.Method, uri.Port == QueuePort, [.. path.Skip(1).Select(Uri.UnescapeDataString)], ReadQuery(uri.Query),
            headers, ReadBody(request.Content));
    }

    private static byte[] ReadBody(RequestContent? content)
    {
        if (content is null)
            return [];
        using var body = content.TryComputeLength(out var length) ? new MemoryStream((int)length) : new MemoryStream();
        content.WriteTo(body, CancellationToken.None);
        return body.Length == body.Capacity ? body.GetBuffer() : body.ToArray();
    }

    /// <summary>The parameters of a query, unescaped.</summary>
    internal static Dictionary<string, string> ReadQuery(string query)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            read[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
        return read;
    }
}
