// The simulated blob service.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security;
using System.Text;
using System.Xml.Linq;

namespace MailFunctions.Simulation.Store;

/// <summary>Containers of block blobs, with the calls that this project makes.</summary>
internal sealed class SimBlobs(TimeProvider clock, Dialect dialect)
{
    private const int PageLimit = 5000;
    private const string MetadataPrefix = "x-ms-meta-";

    private readonly Dictionary<string, SortedDictionary<string, SimBlob>> _containers = [];
    private readonly Dictionary<(string Container, string Name), Dictionary<string, byte[]>> _staged = [];
    private long _tags;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The committed blobs of a container, in order of name.</summary>
    public IEnumerable<(string Name, SimBlob Blob)> In(string container) =>
        _containers.GetValueOrDefault(container, []).Where(pair => pair.Value.Content is not null).Select(pair => (pair.Key, pair.Value));

    /// <summary>A committed blob, or null.</summary>
    public SimBlob? Find(string container, string name) =>
        _containers.TryGetValue(container, out var blobs) && blobs.GetValueOrDefault(name) is { Content: not null } blob ? blob : null;

    /// <summary>Answers a call.</summary>
    public SimAnswer Handle(SimRequest request)
    {
        if (request.Path.Count == 1)
            return HandleContainer(request);
        if (!_containers.TryGetValue(request.Path[0], out var blobs))
            throw new SimRefusal(404, "ContainerNotFound");
        var name = request.Path[1];
        return (request.Method, request.Component) switch
        {
            ("PUT", "") => Put(request, blobs, name),
            ("PUT", "block") => Stage(request, blobs, name),
            ("PUT", "blocklist") => Commit(request, blobs, name),
            ("PUT", "lease") => Lease(request, blobs, name),
            ("GET" or "HEAD", "") => Get(request, blobs, name),
            ("DELETE", "") => Delete(request, blobs, name),
            _ => throw new NotSupportedException($"{request.Method} {request.Target}?comp={request.Component} is not simulated."),
        };
    }

    private SimAnswer HandleContainer(SimRequest request)
    {
        var name = request.Path[0];
        if (request is { Method: "PUT", Component: "" })
        {
            if (!_containers.TryAdd(name, new SortedDictionary<string, SimBlob>(StringComparer.Ordinal)))
                throw new SimRefusal(409, "ContainerAlreadyExists");
            return new SimAnswer(201).With("ETag", NextTag()).With("Last-Modified", SimAnswer.Print(Now));
        }
        if (request is not { Method: "GET", Component: "list" })
            throw new NotSupportedException($"{request.Method} {name} is not simulated.");
        return _containers.TryGetValue(name, out var blobs) ? List(request, name, blobs) : throw new SimRefusal(404, "ContainerNotFound");
    }

    private SimAnswer List(SimRequest request, string container, SortedDictionary<string, SimBlob> blobs)
    {
        var prefix = request.Query.GetValueOrDefault("prefix", "");
        var marker = request.Query.GetValueOrDefault("marker", "");
        var size = Math.Min(request.Number("maxresults") ?? PageLimit, PageLimit);
        var withMetadata = request.Query.GetValueOrDefault("include", "").Contains("metadata", StringComparison.OrdinalIgnoreCase);
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"http://127.0.0.1:1/sim\" ContainerName=\"")
            .Append(container).Append("\"><Prefix>").Append(SecurityElement.Escape(prefix)).Append("</Prefix><Blobs>");
        var (count, last) = (0, "");
        var next = "";
        foreach (var (name, blob) in blobs)
        {
            if (blob.Content is null || !name.StartsWith(prefix, StringComparison.Ordinal) || string.CompareOrdinal(name, marker) <= 0)
                continue;
            if (count++ == size)
            {
                next = last;
                break;
            }
            blob.Print(xml, last = name, withMetadata, Now);
        }
        return SimAnswer.Xml(xml.Append("</Blobs><NextMarker>").Append(SecurityElement.Escape(next)).Append("</NextMarker></EnumerationResults>").ToString());
    }

    private SimAnswer Put(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        var there = blobs.GetValueOrDefault(name);
        var counts = there is not null && (there.Content is not null || dialect == Dialect.Azurite);
        CheckWrite(request, counts ? there : null);
        there?.Lease.CheckWrite(request.Header("x-ms-lease-id"), Now);
        if (dialect == Dialect.Azure)
            _staged.Remove((request.Path[0], name));
        return Write(request, blobs, name, there, request.Body, []);
    }

    private SimAnswer Stage(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        if (request.Body.Length == 0 && dialect == Dialect.Azure)
            throw new SimRefusal(400, "InvalidHeaderValue");
        var there = blobs.GetValueOrDefault(name);
        there?.Lease.CheckWrite(request.Header("x-ms-lease-id"), Now);
        there?.Lease.Settle(Now);
        if (there is null)
            blobs[name] = new SimBlob { Tag = NextTag(), Written = Now, Created = Now };
        if (!_staged.TryGetValue((request.Path[0], name), out var staged))
            _staged[(request.Path[0], name)] = staged = [];
        var id = request.Query["blockid"];
        if (there is not null && staged.Keys.FirstOrDefault() is { } other && other.Length != id.Length)
            throw new SimRefusal(400, "InvalidBlobOrBlock");
        staged[id] = request.Body;
        return new SimAnswer(201);
    }

    private SimAnswer Commit(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        var there = blobs.GetValueOrDefault(name);
        CheckWrite(request, there, onlyCommitted: true);
        there?.Lease.CheckWrite(request.Header("x-ms-lease-id"), Now);
        var staged = _staged.GetValueOrDefault((request.Path[0], name), []);
        var blocks = new Dictionary<string, byte[]>();
        var content = new MemoryStream();
        foreach (var element in XDocument.Load(new MemoryStream(request.Body)).Root!.Elements())
        {
            var id = element.Value;
            byte[]? block = null;
            if (element.Name.LocalName is "Latest" or "Uncommitted")
                block = staged.GetValueOrDefault(id);
            if (block is null && element.Name.LocalName is "Latest" or "Committed")
                block = there?.Blocks.GetValueOrDefault(id);
            if (block is null)
                throw new SimRefusal(400, "InvalidBlockList");
            content.Write(blocks[id] = block);
        }
        _staged.Remove((request.Path[0], name));
        return Write(request, blobs, name, there, content.ToArray(), blocks);
    }

    private SimAnswer Write(
        SimRequest request, SortedDictionary<string, SimBlob> blobs, string name, SimBlob? there, byte[] content, Dictionary<string, byte[]> blocks)
    {
        var lease = there?.Lease ?? new SimLease();
        lease.Settle(Now);
        var blob = blobs[name] = new SimBlob
        {
            Content = content, Blocks = blocks, Tag = NextTag(), Written = Now, Created = there?.Content is null ? Now : there.Created, Lease = lease,
            ContentType = request.Header("x-ms-blob-content-type") ?? "application/octet-stream",
            Metadata = request.Headers.Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
                .ToDictionary(header => header.Key[MetadataPrefix.Length..], header => header.Value),
        };
        return new SimAnswer(201).With("ETag", blob.Tag).With("Last-Modified", SimAnswer.Print(blob.Written)).With("x-ms-request-server-encrypted", "true");
    }

    private SimAnswer Lease(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        if (!blobs.TryGetValue(name, out var blob))
            throw new SimRefusal(404, "BlobNotFound");
        return blob.Lease.Handle(request, Now).With("ETag", blob.Tag).With("Last-Modified", SimAnswer.Print(blob.Written));
    }

    private SimAnswer Get(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        if (!blobs.TryGetValue(name, out var blob) || blob.Content is null)
        {
            var isRefusedFirst = dialect == Dialect.Azurite && request.Header("if-match") is not null;
            throw isRefusedFirst ? new SimRefusal(412, "ConditionNotMet") : new SimRefusal(404, "BlobNotFound");
        }
        if (request.Header("if-match") is { } match && match != "*" && !Same(match, blob.Tag))
            throw new SimRefusal(412, "ConditionNotMet");
        if (request.Header("if-none-match") is { } none && (none == "*" || Same(none, blob.Tag)))
            return new SimAnswer(304).With("x-ms-error-code", "ConditionNotMet");
        if (request.Header("x-ms-range") is { } range)
            throw new NotSupportedException($"The range {range} is not simulated.");
        return blob.Describe(new SimAnswer(200, request.Method == "HEAD" ? null : blob.Content), Now);
    }

    private SimAnswer Delete(SimRequest request, SortedDictionary<string, SimBlob> blobs, string name)
    {
        var there = blobs.GetValueOrDefault(name);
        if (there is { Content: null } && dialect == Dialect.Azure)
            there = null;
        CheckWrite(request, there);
        if (there is null)
            throw new SimRefusal(404, "BlobNotFound");
        there.Lease.CheckWrite(request.Header("x-ms-lease-id"), Now);
        blobs.Remove(name);
        if (dialect == Dialect.Azure)
            _staged.Remove((request.Path[0], name));
        return new SimAnswer(202);
    }

    private static void CheckWrite(SimRequest request, SimBlob? there, bool onlyCommitted = false)
    {
        if (request.Header("if-match") is { } match && (there is null || (match != "*" && !Same(match, there.Tag))))
            throw new SimRefusal(412, "ConditionNotMet");
        if (request.Header("if-none-match") is not { } none || there is null)
            return;
        if (none != "*" && Same(none, there.Tag))
            throw new SimRefusal(412, "ConditionNotMet");
        if (none == "*" && request.Method == "PUT" && (there.Content is not null || !onlyCommitted))
            throw new SimRefusal(409, "BlobAlreadyExists");
    }

    private static bool Same([NotNull] string left, string right) => left.Trim('"') == right.Trim('"');

    private string NextTag() => string.Create(CultureInfo.InvariantCulture, $"\"0x{++_tags:X15}\"");
}
