// A report on TLS with one domain on one day, as JSON.
using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>The report (RFC 8460 4.4).</summary>
/// <param name="Domain">Whom it is about.</param>
/// <param name="Day">The begin of the day, UTC.</param>
/// <param name="Host">Who reports.</param>
/// <param name="Contact">Whom to ask about it.</param>
/// <param name="Counts">What was seen, by policy type.</param>
/// <param name="Policy">The domain's policy as it is now; null if it has none any more.</param>
internal sealed record TlsReport(
    string Domain, DateTimeOffset Day, DomainName Host, string Contact, IReadOnlyDictionary<string, TlsCount> Counts, StsPolicy? Policy)
{
    /// <summary>The same for the same day, domain and reporter: by this a receiver knows a report that comes twice.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Day:yyyyMMdd}.{Domain}@{Host}");

    /// <summary>The last second that it is about.</summary>
    private DateTimeOffset End => Day.AddDays(1).AddSeconds(-1);

    /// <summary>Its file's name (RFC 8460 5.1).</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Host}!{Domain}!{Day.ToUnixTimeSeconds()}!{End.ToUnixTimeSeconds()}.json.gz");

    /// <summary>The document, compressed.</summary>
    public byte[] ToGzip()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(ToJson().WrittenSpan);
        return compressed.ToArray();
    }

    /// <summary>The document.</summary>
    public ArrayBufferWriter<byte> ToJson()
    {
        var octets = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(octets);
        json.WriteStartObject();
        json.WriteString("organization-name", Host.Text);
        json.WriteStartObject("date-range");
        json.WriteString("start-datetime", Day.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("end-datetime", End.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteString("contact-info", Contact);
        json.WriteString("report-id", Id);
        json.WriteStartArray("policies");
        foreach (var (type, count) in Counts)
            Write(json, type, count);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return octets;
    }

    private void Write(Utf8JsonWriter json, string type, TlsCount count)
    {
        json.WriteStartObject();
        json.WriteStartObject("policy");
        json.WriteString("policy-type", type);
        if (type == TlsNotes.Sts && Policy is not null)
        {
            Write(json, "policy-string", Policy.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
            json.WriteString("policy-domain", Domain);
            Write(json, "mx-host", Policy.Patterns);
        }
        else
        {
            json.WriteString("policy-domain", Domain);
        }
        json.WriteEndObject();
        json.WriteStartObject("summary");
        json.WriteNumber("total-successful-session-count", count.Succeeded);
        json.WriteNumber("total-failure-session-count", count.Failed);
        json.WriteEndObject();
        json.WriteStartArray("failure-details");
        foreach (var (failure, number) in count.Failures)
        {
            json.WriteStartObject();
            json.WriteString("result-type", failure.Type);
            json.WriteString("receiving-mx-hostname", failure.Host);
            json.WriteString("receiving-ip", failure.Address);
            json.WriteNumber("failed-session-count", number);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
            json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
