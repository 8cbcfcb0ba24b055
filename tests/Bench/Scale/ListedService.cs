// A storage service that lists what was never stored.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Simulation.Store;
using MailFunctions.Storage;

namespace MailFunctions.Bench.Scale;

/// <summary>One entry of a list.</summary>
internal readonly record struct Listed(string Name, long Length, string Metadata = "");

/// <summary>
/// Names, lengths and metadata follow from numbers, so that millions take no memory; a page is as long as Azure's, some 700 octets an entry. Whatever is
/// written or deleted is said to be, and is not: a list is what it was.
/// </summary>
internal sealed class ListedService
{
    private const int PageLimit = 5_000;
    private readonly Dictionary<string, (int Count, Func<int, Listed> At)> _containers = [];
    private long _lists, _others, _ownTicks;

    /// <summary>Lists that were asked for.</summary>
    public long Lists => Interlocked.Read(ref _lists);

    /// <summary>All other requests.</summary>
    public long Others => Interlocked.Read(ref _others);

    /// <summary>The time that this took to make its answers, which no real client pays for.</summary>
    public TimeSpan OwnTime => TimeSpan.FromTicks(Interlocked.Read(ref _ownTicks));

    /// <summary>Puts entries into a container, in the order of their names.</summary>
    public ListedService With(string container, int count, Func<int, Listed> at)
    {
        _containers[container] = (count, at);
        return this;
    }

    /// <summary>The stores over it.</summary>
    public MailStores Open() => MailStores.Open(
        new StorageOptions { Storage = SimRequest.ConnectionString }, "Development", new StorageSeams { Transport = new SimTransport((request, _) => new(Handle(request))) });

    /// <summary>The id of message number so many of those that came evenly within five days before now.</summary>
    public static SpoolId Id(int number, int count, DateTimeOffset now)
    {
        var milliseconds = now.AddDays(-5).ToUnixTimeMilliseconds() + (long)(TimeSpan.FromDays(5).TotalMilliseconds * number / count);
        return SpoolId.TryParse(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:x12}70008000{number:x12}"), out var id)
            ? id
            : throw new ArgumentOutOfRangeException(nameof(number));
    }

    private SimAnswer Handle(SimRequest request)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = Answer(request).With("Date", SimAnswer.Print(DateTimeOffset.UtcNow)).With("x-ms-version", "2023-08-03").With("x-ms-request-id", "listed");
        Interlocked.Add(ref _ownTicks, Stopwatch.GetElapsedTime(began).Ticks);
        return answer;
    }

    private SimAnswer Answer(SimRequest request)
    {
        if (request.Call == "List Blobs")
        {
            Interlocked.Increment(ref _lists);
            return List(request);
        }
        Interlocked.Increment(ref _others);
        return request.Call switch
        {
            "Put Message" => SimAnswer.Xml(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage><MessageId>1</MessageId><InsertionTime>Sun, 01 Mar 2026 12:00:00 GMT"
                + "</InsertionTime><ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>1</PopReceipt><TimeNextVisible>"
                + "Sun, 01 Mar 2026 12:00:00 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>", 201),
            "Delete Blob" => new SimAnswer(202),
            "Lease Blob acquire" => new SimAnswer(201).With("ETag", "\"0x1\"").With("x-ms-lease-id", request.Header("x-ms-proposed-lease-id") ?? ""),
            "Lease Blob renew" or "Lease Blob release" => new SimAnswer(200).With("ETag", "\"0x1\"").With("x-ms-lease-id", request.Header("x-ms-lease-id") ?? ""),
            _ when request.Component == "metadata" => new SimAnswer(200).With("x-ms-approximate-messages-count", "0"),
            _ => throw new NotSupportedException($"{request.Call} is not answered."),
        };
    }

    private SimAnswer List(SimRequest request)
    {
        var (count, at) = _containers.GetValueOrDefault(request.Path[0]);
        var from = request.Query.TryGetValue("marker", out var marker) && marker.Length > 0 ? int.Parse(marker, CultureInfo.InvariantCulture) : 0;
        var to = Math.Min(count, from + Math.Min(PageLimit, request.Number("maxresults") ?? PageLimit));
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"c\"><Blobs>", 750 * (to - from) + 200);
        for (var number = from; number < to; number++)
        {
            var (name, length, metadata) = at(number);
            xml.Append("<Blob><Name>").Append(name).Append("</Name><Properties><Creation-Time>Sun, 01 Mar 2026 12:00:00 GMT</Creation-Time><Last-Modified>")
                .Append("Sun, 01 Mar 2026 12:00:00 GMT</Last-Modified><Etag>0x8DE776B2A3C4D5E</Etag><Content-Length>").Append(length).Append("</Content-Length>")
                .Append("<Content-Type>message/rfc822</Content-Type><Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==")
                .Append("</Content-MD5><Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true")
                .Append("</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>")
                .Append("</Properties><Metadata>").Append(metadata).Append("</Metadata></Blob>");
        }
        xml.Append("</Blobs><NextMarker>").Append(to < count ? to.ToString(CultureInfo.InvariantCulture) : "").Append("</NextMarker></EnumerationResults>");
        return SimAnswer.Xml(xml.ToString());
    }
}
