// The hot path of lists: each login of POP3, each tick and each sweep.
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using MailFunctions.Storage;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Reads answers as Azure gives them, all of whose elements are there.</summary>
[MemoryDiagnoser]
public class BlobLists
{
    private readonly ListedPage _page = new();
    private byte[] _answer = [];

    /// <summary>How many blobs a page has.</summary>
    [Params(1, 5_000)]
    public int Blobs { get; set; }

    /// <summary>Makes the answer, and sees that all of it is read.</summary>
    [GlobalSetup]
    public async Task SetUp()
    {
        var entries = Enumerable.Range(0, Blobs).Select(number => string.Create(
            CultureInfo.InvariantCulture,
            $"<Blob><Name>alice_40example_2etest/019ca92993817538907ea104{number:x8}</Name><Properties><Creation-Time>Sun, 01 Mar 2026 12:00:00 GMT</Creation-Time>"
                + $"<Last-Modified>Sun, 01 Mar 2026 12:00:00 GMT</Last-Modified><Etag>0x8DE7{number:X11}</Etag><Content-Length>{4_096 + number}</Content-Length>"
                + $"<Content-Type>message/rfc822</Content-Type><Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5>"
                + $"<Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
                + $"<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties><OrMetadata /></Blob>"));
        _answer = Encoding.UTF8.GetBytes(
            "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://x.blob.core.windows.net/\" ContainerName=\"mailboxes\">"
            + $"<MaxResults>5000</MaxResults><Blobs>{string.Concat(entries)}</Blobs><NextMarker /></EnumerationResults>");
        Checked.Is(Blobs, await Read());
        Checked.Is(4_096L + Blobs - 1, _page.Blobs[^1].Length);
    }

    /// <summary>Reads it.</summary>
    [Benchmark(Description = "read")]
    public async Task<int> Read()
    {
        await _page.ReadAsync(new MemoryStream(_answer));
        return _page.Blobs.Count;
    }
}
