// Reads an answer to List Blobs as it comes.
using System.Globalization;
using System.Xml;
using Azure;

namespace MailFunctions.Storage;

/// <summary>
/// One page of a list, filled by reading forward. The SDK keeps the whole answer, 3.5 MB for a page of 5,000, makes a document of it, 10 MB, and of that objects
/// with all there is to know of a blob, of which we need four values.
/// </summary>
internal sealed class ListedPage
{
    // Depths of elements: EnumerationResults, NextMarker or Blobs, Blob, Name or Properties, Content-Length.
    private const int PageDepth = 1, BlobDepth = 2, PartDepth = 3, LeafDepth = 4;

    private static readonly XmlReaderSettings Settings = new()
    {
        Async = true, IgnoreWhitespace = true, IgnoreComments = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null,
    };

    private readonly List<ListedBlob> _blobs = [];

    /// <summary>The blobs in the order of their names.</summary>
    public IReadOnlyList<ListedBlob> Blobs => _blobs;

    /// <summary>Where the next page begins, or null after the last.</summary>
    public string? Next { get; private set; }

    /// <summary>Reads an answer, in place of whatever was read before.</summary>
    /// <exception cref="XmlException">It is no such list, or not the whole of one.</exception>
    /// <exception cref="FormatException">A length or a time cannot be read.</exception>
    /// <exception cref="IOException">It broke off.</exception>
    public async Task ReadAsync(Stream answer)
    {
        _blobs.Clear();
        Next = null;
        using var xml = XmlReader.Create(answer, Settings);
        var entry = new Entry();
        var isMetadata = false;
        var element = "";
        while (await xml.ReadAsync())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    element = xml.LocalName;
                    if (xml.Depth == PartDepth)
                    {
                        isMetadata = element == "Metadata";
                        if (element == "Name")
                            entry.IsEscaped = xml.GetAttribute("Encoded") == "true";
                    }
                    else if (xml.Depth == LeafDepth && isMetadata)
                        entry.Put(element, "");
                    break;
                // The text of an element is one deeper than it.
                case XmlNodeType.Text when xml.Depth == PageDepth + 1 && element == "NextMarker":
                    Next = await xml.GetValueAsync();
                    break;
                case XmlNodeType.Text when xml.Depth == LeafDepth + 1 && isMetadata:
                    entry.Put(element, await xml.GetValueAsync());
                    break;
                case XmlNodeType.Text when xml.Depth > PartDepth && Entry.Knows(element):
                    entry.Set(element, await xml.GetValueAsync());
                    break;
                case XmlNodeType.EndElement when xml.Depth == BlobDepth:
                    _blobs.Add(entry.ToBlob());
                    entry = new Entry();
                    break;
            }
        }
    }

    private struct Entry
    {
        private string? _name;
        private long _length;
        private DateTimeOffset _lastModified;
        private ETag _tag;
        private string? _version;
        private bool _isCurrent;
        private Dictionary<string, string>? _metadata;

        /// <summary>Whether the name is percent-encoded, as one is that XML cannot hold.</summary>
        public bool IsEscaped { get; set; }

        public static bool Knows(string element) =>
            element is "Name" or "Content-Length" or "Last-Modified" or "Etag" or "VersionId" or "IsCurrentVersion";

        public void Set(string element, string value)
        {
            switch (element)
            {
                case "Name":
                    _name = IsEscaped ? Uri.UnescapeDataString(value) : value;
                    break;
                case "Content-Length":
                    _length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "Last-Modified":
                    _lastModified = DateTimeOffset.ParseExact(value, "r", CultureInfo.InvariantCulture);
                    break;
                case "Etag":
                    _tag = new ETag(value);
                    break;
                case "VersionId":
                    _version = value;
                    break;
                case "IsCurrentVersion":
                    _isCurrent = value == "true";
                    break;
            }
        }

        public void Put(string key, string value) => (_metadata ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[key] = value;

        public readonly ListedBlob ToBlob() => new(_name ?? "", _length, _lastModified, _tag)
        {
            Metadata = _metadata, Version = _version, IsCurrentVersion = _isCurrent,
        };
    }
}
