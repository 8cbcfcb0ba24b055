// A DMARC aggregate report: what another system has seen of mail in a domain's name.
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>A report (RFC 7489 appendix C).</summary>
/// <param name="Organization">Who reports.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Domain">About which domain.</param>
/// <param name="From">The begin of the time it is about, UTC.</param>
/// <param name="To">The end.</param>
/// <param name="Policy">The policy that was found, like reject.</param>
/// <param name="Rows">What was seen.</param>
internal sealed record DmarcFeedback(
    string Organization, string Id, string Domain, DateTimeOffset From, DateTimeOffset To, string Policy, IReadOnlyList<DmarcFeedbackRow> Rows)
{
    private const int MaxRows = 100_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, // no entities, so nothing grows and nothing is fetched
        XmlResolver = null,
        MaxCharactersInDocument = Unpacking.MaxLength,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads a report; namespaces are passed over, since senders differ in them.</summary>
    /// <returns>Null if it is none, or breaks off.</returns>
    public static DmarcFeedback? TryRead(byte[] document)
    {
        string? organization = null, id = null, domain = null, policy = null;
        DateTimeOffset? from = null, to = null;
        var rows = new List<DmarcFeedbackRow>();
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(document, writable: false), Settings);
            if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "feedback" || xml.IsEmptyElement)
                return null;
            xml.Read();
            while (xml.MoveToContent() == XmlNodeType.Element)
            {
                // Each child is small in honest reports; of one that is not, no more than the document's limit is held.
                var name = xml.LocalName;
                if (name is not ("report_metadata" or "policy_published" or "record"))
                {
                    xml.Skip();
                    continue;
                }
                if (!IsShallow(xml, out var child))
                    return null;
                if (name == "report_metadata")
                {
                    (organization, id) = (Text(child, "org_name"), Text(child, "report_id"));
                    (from, to) = (Time(child, "date_range", "begin"), Time(child, "date_range", "end"));
                }
                else if (name == "policy_published")
                {
                    (domain, policy) = (Text(child, "domain"), Text(child, "p"));
                }
                else if (rows.Count == MaxRows || DmarcFeedbackRow.TryRead(child) is not { } row)
                {
                    return null;
                }
                else
                {
                    rows.Add(row);
                }
            }
            while (xml.Read())
            {
                // to the end, so that a report that breaks off is none
            }
        }
        catch (XmlException)
        {
            return null;
        }
        return organization is not null && domain is not null && from is not null && to is not null
            ? new DmarcFeedback(organization, id ?? "", domain, from.Value, to.Value, policy ?? "none", rows)
            : null;
    }

    /// <summary>The text of a child, on one line, or null.</summary>
    internal static string? Text(XElement parent, params string[] path)
    {
        XElement? at = parent;
        foreach (var name in path)
            at = at?.Elements().FirstOrDefault(child => child.Name.LocalName == name);
        return at?.Value.Trim();
    }

    private static DateTimeOffset? Time(XElement parent, params string[] path) =>
        long.TryParse(Text(parent, path), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    // A tree is walked by calling itself, so no deep one is made: the deepest place of an honest report is the fifth.
    private static bool IsShallow(XmlReader xml, out XElement element)
    {
        const int MaxDepth = 16;
        var open = new Stack<XElement>();
        XElement? root = null;
        do
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    var child = new XElement(XName.Get(XmlConvert.EncodeLocalName(xml.LocalName)!));
                    if (open.Count > 0)
                        open.Peek().Add(child);
                    root ??= child;
                    if (!xml.IsEmptyElement)
                        open.Push(child);
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace when open.Count > 0:
                    open.Peek().Add(new XText(xml.Value));
                    break;
            }
            if (open.Count > MaxDepth)
                break;
        }
        while (open.Count > 0 && xml.Read());
        element = root!;
        return open.Count == 0 && xml.Read();
    }
}

/// <summary>Mail from one address.</summary>
/// <param name="Source">The address.</param>
/// <param name="Count">How many messages.</param>
/// <param name="Disposition">What was done: none, quarantine or reject.</param>
/// <param name="Dkim">Whether a signature of the domain was good.</param>
/// <param name="Spf">Whether the address may send for the domain.</param>
/// <param name="HeaderFrom">The domain of From.</param>
internal sealed record DmarcFeedbackRow(string Source, long Count, string Disposition, string Dkim, string Spf, string HeaderFrom)
{
    /// <summary>Reads a record.</summary>
    public static DmarcFeedbackRow? TryRead(XElement record) =>
        DmarcFeedback.Text(record, "row", "source_ip") is { } source
            && long.TryParse(DmarcFeedback.Text(record, "row", "count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new DmarcFeedbackRow(
                source, count, DmarcFeedback.Text(record, "row", "policy_evaluated", "disposition") ?? "none",
                DmarcFeedback.Text(record, "row", "policy_evaluated", "dkim") ?? "", DmarcFeedback.Text(record, "row", "policy_evaluated", "spf") ?? "",
                DmarcFeedback.Text(record, "identifiers", "header_from") ?? "")
            : null;
}
