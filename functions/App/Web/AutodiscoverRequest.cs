// What Outlook asks.
using System.Xml;
using MailFunctions.Mail;

namespace MailFunctions.App.Web;

/// <summary>A request for an account's settings (MS-OXDSCLI 2.2.3).</summary>
internal static class AutodiscoverRequest
{
    /// <summary>The most octets that are read.</summary>
    public const int MaxLength = 16 * 1024;

    private const string Schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
    private const string AnswerSchema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, // no entities, so nothing grows and nothing is fetched
        XmlResolver = null,
        MaxCharactersInDocument = MaxLength,
        CloseInput = false,
    };

    /// <summary>Reads the address that is asked for.</summary>
    /// <returns>False for anything that is not such a request, or that wants an answer in another form.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> body, out EmailAddress address)
    {
        address = default;
        if (body.Length > MaxLength)
            return false;
        string? asked = null;
        var wantsOurs = true;
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(body.ToArray(), writable: false), Settings);
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element || xml.NamespaceURI != Schema)
                    continue;
                if (xml.LocalName == "EMailAddress")
                    asked ??= ReadText(xml);
                else if (xml.LocalName == "AcceptableResponseSchema")
                    wantsOurs = ReadText(xml) == AnswerSchema;
            }
        }
        catch (XmlException)
        {
            return false; // what was read before the end counts for nothing
        }
        return wantsOurs && asked is not null && EmailAddress.TryParse(asked, out address);
    }

    // The element's first text; elements inside it are read as any others.
    private static string ReadText(XmlReader xml) => !xml.IsEmptyElement && xml.Read() && xml.NodeType == XmlNodeType.Text ? xml.Value.Trim() : "";
}
