// Packets and records that BIND and Unbound are tested with.
using System.Globalization;
using System.Text;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class ForeignPackets
{
    [Theory]
    [InlineData("dns_message_parse.in")]
    [InlineData("dns_name_fromwire.in")]
    [InlineData("dns_rdata_fromwire_text.in")]
    public void BINDs_seeds_are_survived_whole_cut_and_as_data(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Testdata.Require("dns-bind9-fuzz"), folder));
        Assert.NotEmpty(files);
        foreach (var message in files.Select(File.ReadAllBytes))
        {
            Reading.SurviveAll(message);
            for (var length = 0; length < message.Length; length += 1 + (message.Length / 100))
                Reading.SurviveAll(message[..length]);
            // As a name and as data of each type, behind a true question.
            Reading.SurviveAll(Reading.To(RecordType.A).Count(6, 1).Raw(message).Build());
            foreach (var type in Reading.Types.Append(ResponseBuilder.Soa).Append(ResponseBuilder.Opt))
                Reading.SurviveAll(Reading.To((RecordType)type).Answer("example.test", type, 60, message[..Math.Min(message.Length, 60_000)]).Build());
        }
    }

    [Fact]
    public void BINDs_seeds_answer_no_question_of_ours()
    {
        var files = Directory.GetFiles(Path.Combine(Testdata.Require("dns-bind9-fuzz"), "dns_message_parse.in"));
        var query = Query.WithEdns(DnsName.Parse("example.test"), RecordType.Mx, octets => octets.Clear());
        foreach (var message in files.Select(File.ReadAllBytes).Where(message => message.Length >= 12))
        {
            // Even with the right id, and as a response.
            (message[0], message[1], message[2]) = (0, 0, (byte)((message[2] & 7) | 0x80));
            Assert.True(query.Compare(message) == Echo.None || (message[3] & 15) is 1 or 4);
        }
    }

    [Fact]
    public void Unbounds_compressions_are_told_apart()
    {
        var text = File.ReadAllText(Path.Combine(Testdata.Require("dns-unbound"), "test_packets.5"));
        var packets = text.Split(";-- next packet --").Skip(1).Select(ResponseBuilder.Hex).ToArray();
        // In the order of the file: two that are good; compression forward, a loop, one that is none, itself, the header, beyond the end; two OPT records.
        Assert.Equal("++--+----", string.Concat(packets.Select(packet => Response.TryRead(packet, out _) ? '+' : '-')));
        foreach (var packet in packets)
            Reading.SurviveDamage(packet);
    }

    [Theory]
    [InlineData("test_packets.4")]
    [InlineData("test_packets.7")]
    public void Unbounds_packets_are_messages_and_survived_damaged(string file)
    {
        var packets = Unwrap(File.ReadAllText(Path.Combine(Testdata.Require("dns-unbound"), file)));
        Assert.NotEmpty(packets);
        foreach (var packet in packets)
        {
            Assert.True(Response.TryRead(packet, out var response));
            Assert.Equal((packet[6] << 8) | packet[7], response.Answers.Count);
            Assert.Equal((packet[8] << 8) | packet[9], response.Authority.Count);
            Reading.SurviveAll(packet);
            for (var length = 0; length < packet.Length; length++)
                Assert.False(Response.TryRead(packet.AsMemory(0, length), out _));
        }
    }

    [Fact]
    public void Unbounds_lines_of_packets_are_survived_damaged()
    {
        var lines = File.ReadLines(Path.Combine(Testdata.Require("dns-unbound"), "test_packets.2")).Where(line => line.Length >= 10 && line.All(char.IsAsciiHexDigit)).ToArray();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
            Reading.SurviveDamage(Convert.FromHexString(line));
    }

    [Theory]
    [InlineData("test_ldnsrr.c3")]
    [InlineData("test_ldnsrr.c4")]
    public void Unbounds_records_say_what_their_text_says(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Testdata.Require("dns-unbound"), file));
        var compared = new Dictionary<string, int>();
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            var record = Convert.FromHexString(lines[i].Trim());
            var fields = lines[i + 1].Split('\t');
            var message = (byte[])[.. new byte[2], 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, .. record];
            Assert.True(Response.TryRead(message, out var response), lines[i + 1]);
            if (Expected(fields) is not { } expected || fields[2] != "IN")
                continue;
            Assert.Equal(expected, Told(response, response.Answers[0]));
            compared[fields[3]] = compared.GetValueOrDefault(fields[3]) + 1;
        }
        Assert.True(compared.GetValueOrDefault("A") > 0 && compared.GetValueOrDefault("MX") > 0 && compared.GetValueOrDefault("TXT") > 0, string.Join(' ', compared));
    }

    // What the record of a line should be told as; null for types that are of no use to mail.
    private static string? Expected(string[] fields)
    {
        var data = fields[4].Split(" ;{")[0];
        return fields[3] switch
        {
            "A" or "AAAA" => System.Net.IPAddress.Parse(data).ToString(),
            "CNAME" or "PTR" => DnsName.Parse(data).Text,
            "MX" => $"{data.Split(' ')[0]} {DnsName.Parse(data.Split(' ')[1])}",
            "TXT" => Unquote(data),
            "TLSA" => data.ToLowerInvariant(),
            _ => null,
        };
    }

    private static string? Told(Response response, ResourceRecord record) => record.Type switch
    {
        RecordType.A => response.TryGet<ARecord>(record, out var a) ? a.Address.ToString() : null,
        RecordType.Aaaa => response.TryGet<AaaaRecord>(record, out var a) ? a.Address.ToString() : null,
        RecordType.Cname => response.TryGet<CnameRecord>(record, out var cname) ? cname.Target.Text : null,
        RecordType.Ptr => response.TryGet<PtrRecord>(record, out var ptr) ? ptr.Name.Text : null,
        RecordType.Mx => response.TryGet<MxRecord>(record, out var mx) ? $"{mx.Preference} {mx.Exchange}" : null,
        RecordType.Txt => response.TryGet<TxtRecord>(record, out var txt) ? txt.Text : null,
        RecordType.Tlsa => response.TryGet<TlsaRecord>(record, out var t) ? $"{t.Usage} {t.Selector} {t.MatchingType} {Convert.ToHexStringLower(t.Association.Span)}" : null,
        _ => null,
    };

    // The strings of a zone file's TXT record, joined.
    private static string Unquote(string text)
    {
        var joined = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == '\\' && char.IsAsciiDigit(text[i + 1]))
                joined.Append((char)int.Parse(text.AsSpan(i + 1, Math.Min(3, i += 3)), CultureInfo.InvariantCulture));
            else if (text[i] == '\\')
                joined.Append(text[++i]);
            else if (isQuoted || text[i] != ' ')
                joined.Append(text[i]);
        }
        return joined.ToString();
    }

    // A line that is a comment ends a packet.
    private static List<byte[]> Unwrap(string text)
    {
        List<byte[]> packets = [];
        var packet = new StringBuilder();
        foreach (var line in text.Split('\n').Append(";"))
        {
            if (!line.StartsWith(';'))
                packet.Append(line).Append('\n');
            else if (ResponseBuilder.Hex(packet.ToString()) is { Length: > 0 } octets)
                packets.Add(octets);
            if (line.StartsWith(';'))
                packet.Clear();
        }
        return packets;
    }
}
