// Every record that a domain is to have: the one truth for printing and for checking.
using System.Net.Sockets;
using MailFunctions.Mail;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.Mailctl.Dns;

/// <summary>Makes the records of a domain.</summary>
internal static class DomainRecords
{
    private const string Receiving = "Mail comes here.";
    private const string Sending = "Who may send in the domain's name (RFC 7208).";
    private const string Signing = "The key of the domain's signatures (RFC 6376).";
    private const string Policy = "What others are to do with mail that is not the domain's own, and who is told (RFC 7489).";
    private const string Strict = "Others send under TLS with a good certificate only (RFC 8461).";
    private const string TlsReports = "Who is told of trouble with TLS (RFC 8460).";
    private const string Clients = "Where mail clients look (RFC 6186, RFC 8314).";
    private const string SetUp = "How mail clients set themselves up.";

    /// <summary>Those of a domain, the needed ones first.</summary>
    public static IReadOnlyList<DnsRecord> Of(LocalDomain domain, RecordValues values, IReadOnlyList<DkimRecord> keys)
    {
        var (name, host) = (domain.Name.Text, values.Hostname.Text);
        var records = new List<DnsRecord>();
        void Add(string at, string type, string data, string what, bool isNeeded = false) => records.Add(new DnsRecord(at, type, data, what, isNeeded));

        foreach (var address in values.Addresses)
            Add(host, address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA", address.ToString(), Receiving, isNeeded: true);
        foreach (var exchanger in values.Exchangers)
            Add(name, "MX", $"{(domain.Kind == DomainKind.RelayFor ? 20 : 10)} {exchanger}.", Receiving, isNeeded: true);
        if (domain.Kind == DomainKind.RelayFor)
            return records; // the rest is its owner's affair

        var reports = (values.Reports ?? EmailAddress.Parse($"postmaster@{name}")).ToString();
        Add(name, "TXT", $"v=spf1 {values.Spf}", Sending, isNeeded: true);
        foreach (var key in keys)
            Add($"{key.Selector}._domainkey.{name}", "TXT", key.Text, Signing, isNeeded: true);
        Add($"_dmarc.{name}", "TXT", $"v=DMARC1; p={values.Dmarc}; rua=mailto:{reports}", Policy);
        if (values.Web is { } web)
        {
            var isStrict = domain.MtaSts != StsMode.None;
            Add($"{StsRecord.Prefix}{name}", "TXT", new StsRecord(StsPolicy.OfOurs(domain.MtaSts, values.Exchangers).Id).ToString(), Strict, isStrict);
            Add($"mta-sts.{name}", "CNAME", $"{web}.", Strict, isStrict);
        }
        Add($"_smtp._tls.{name}", "TXT", $"v=TLSRPTv1; rua=mailto:{reports}", TlsReports);
        Add($"_submissions._tcp.{name}", "SRV", $"0 1 465 {host}.", Clients);
        Add($"_submission._tcp.{name}", "SRV", $"10 1 587 {host}.", Clients);
        Add($"_pop3s._tcp.{name}", "SRV", $"0 1 995 {host}.", Clients);
        if (values.Web is { } pages)
        {
            Add($"autoconfig.{name}", "CNAME", $"{pages}.", SetUp);
            Add($"autodiscover.{name}", "CNAME", $"{pages}.", SetUp);
        }
        return records;
    }
}
