// One simulated blob.
using System.Globalization;
using System.Security;
using System.Text;

namespace MailFunctions.Simulation.Store;

/// <summary>Content, metadata, tag, lease and staged blocks. Without <see cref="Content"/> only blocks exist.</summary>
internal sealed class SimBlob
{
    /// <summary>The content, or null while nothing was committed.</summary>
    public byte[]? Content { get; set; }

    /// <summary>The content type.</summary>
    public string ContentType { get; set; } = "application/octet-stream";

    /// <summary>The metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>The tag of this state, in quotes.</summary>
    public string Tag { get; set; } = "";

    /// <summary>When it was last written.</summary>
    public DateTimeOffset Written { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>Its lease.</summary>
    public SimLease Lease { get; set; } = new();

    /// <summary>The committed blocks by id.</summary>
    public Dictionary<string, byte[]> Blocks { get; set; } = [];

    /// <summary>Tells all that headers tell of a blob.</summary>
    public SimAnswer Describe(SimAnswer answer, DateTimeOffset now)
    {
        answer.With("ETag", Tag).With("Last-Modified", SimAnswer.Print(Written)).With("x-ms-creation-time", SimAnswer.Print(Created))
            .With("Content-Type", ContentType).With("x-ms-blob-type", "BlockBlob").With("Accept-Ranges", "bytes")
            .With("x-ms-lease-state", Lease.StateName(now)).With("x-ms-lease-status", Lease.IsLocked(now) ? "locked" : "unlocked")
            .With("Content-Length", (Content?.Length ?? 0).ToString(CultureInfo.InvariantCulture)).With("x-ms-server-encrypted", "true");
        foreach (var (key, value) in Metadata)
            answer.With("x-ms-meta-" + key, value);
        return answer;
    }

    /// <summary>Writes it into a list.</summary>
    public void Print(StringBuilder xml, string name, bool withMetadata, DateTimeOffset now)
    {
        xml.Append("<Blob><Name>").Append(SecurityElement.Escape(name)).Append("</Name><Properties><Creation-Time>").Append(SimAnswer.Print(Created))
            .Append("</Creation-Time><Last-Modified>").Append(SimAnswer.Print(Written)).Append("</Last-Modified><Etag>").Append(Tag.Trim('"'))
            .Append("</Etag><Content-Length>").Append(CultureInfo.InvariantCulture, $"{Content?.Length ?? 0}").Append("</Content-Length><Content-Type>")
            .Append(ContentType).Append("</Content-Type><BlobType>BlockBlob</BlobType><LeaseStatus>").Append(Lease.IsLocked(now) ? "locked" : "unlocked")
            .Append("</LeaseStatus><LeaseState>").Append(Lease.StateName(now)).Append("</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties>");
        if (withMetadata && Metadata.Count > 0)
        {
            xml.Append("<Metadata>");
            foreach (var (key, value) in Metadata)
                xml.Append('<').Append(key).Append('>').Append(SecurityElement.Escape(value)).Append("</").Append(key).Append('>');
            xml.Append("</Metadata>");
        }
        xml.Append("</Blob>");
    }
}
