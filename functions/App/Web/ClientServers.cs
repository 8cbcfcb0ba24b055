// Where mail clients connect to, in the two forms in which they ask for it.
using System.Globalization;
using System.Text;
using System.Xml;
using MailFunctions.Mail;

namespace MailFunctions.App.Web;

/// <summary>The servers and ports of mail clients (RFC 8314), as documents.</summary>
internal static class ClientServers
{
    private const string Response2006 = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
    private const string Outlook2006a = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private const int Submissions = 465;
    private const int Submission = 587;
    private const int Pop3s = 995;

    /// <summary>What Thunderbird and its relatives read (Mozilla's config-v1.1).</summary>
    public static string ForMozilla(DomainName domain, DomainName host) => Write(xml =>
    {
        xml.WriteStartElement("clientConfig");
        xml.WriteAttributeString("version", "1.1");
        xml.WriteStartElement("emailProvider");
        xml.WriteAttributeString("id", domain.Text);
        xml.WriteElementString("domain", domain.Text);
        xml.WriteElementString("displayName", domain.Text);
        xml.WriteElementString("displayShortName", domain.Text);
        WriteServer(xml, "incomingServer", "pop3", host, Pop3s, "SSL");
        WriteServer(xml, "outgoingServer", "smtp", host, Submissions, "SSL");
        WriteServer(xml, "outgoingServer", "smtp", host, Submission, "STARTTLS");
    });

    /// <summary>What Outlook reads (MS-OXDSCLI).</summary>
    public static string ForOutlook(EmailAddress address, DomainName host) => Write(xml =>
    {
        xml.WriteStartElement("Autodiscover", Response2006);
        xml.WriteStartElement("Response", Outlook2006a);
        xml.WriteStartElement("Account");
        xml.WriteElementString("AccountType", "email");
        xml.WriteElementString("Action", "settings");
        WriteProtocol(xml, "POP3", address, host, Pop3s);
        WriteProtocol(xml, "SMTP", address, host, Submissions);
    });

    private static void WriteServer(XmlWriter xml, string element, string type, DomainName host, int port, string security)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("type", type);
        xml.WriteElementString("hostname", host.Text);
        xml.WriteElementString("port", port.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("socketType", security);
        xml.WriteElementString("username", "%EMAILADDRESS%");
        xml.WriteElementString("authentication", "password-cleartext");
        xml.WriteEndElement();
    }

    private static void WriteProtocol(XmlWriter xml, string type, EmailAddress address, DomainName host, int port)
    {
        xml.WriteStartElement("Protocol");
        xml.WriteElementString("Type", type);
        xml.WriteElementString("Server", host.Text);
        xml.WriteElementString("Port", port.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("DomainRequired", "off");
        xml.WriteElementString("LoginName", address.ToString());
        xml.WriteElementString("SPA", "off");
        xml.WriteElementString("SSL", "on");
        xml.WriteElementString("AuthRequired", "on");
        xml.WriteEndElement();
    }

    // Open elements are closed by the end of the document.
    private static string Write(Action<XmlWriter> write)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" }))
        {
            write(xml);
            xml.WriteEndDocument();
        }
        return text.Append('\n').ToString();
    }
}
