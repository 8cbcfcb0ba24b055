// Rows of headers and what is counted in them, whole and cut at every octet.
using System.Text;
using MailFunctions.Mime;

namespace MailFunctions.Unit.Mime;

public sealed class HeaderScanning
{
    [Theory]
    [InlineData("", 0, 0, false)]
    [InlineData("\r\n", 0, 0, true)]
    [InlineData("Subject: x\r\n\r\nReceived: y\r\n", 1, 0, true)]
    [InlineData("Received: a\r\nReceived: b\r\n\r\n", 2, 2, true)]
    [InlineData("RECEIVED: a\r\nreceived : b\r\nReceived\t: c\r\n\r\n", 3, 3, true)]
    [InlineData("Received: a\r\n\tReceived: folded\r\n Received: folded\r\n\r\n", 1, 1, true)]
    [InlineData("X-Received: a\r\nReceivedX: b\r\nReceived b: c\r\nReceive: d\r\n\r\n", 4, 0, true)]
    [InlineData("Received: no end", 1, 1, false)]
    [InlineData("no colon at all\r\n\r\n", 1, 0, true)]
    public void A_header_is_counted_the_same_however_it_is_cut(string text, int fields, int hops, bool ended)
    {
        var octets = Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var scan = new HeaderScan();
            scan.Pass(octets.AsSpan(0, cut));
            scan.Pass(octets.AsSpan(cut));
            Assert.Equal((fields, hops, ended), (scan.Fields, scan.Hops, scan.Ended));
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\r\n", 0)]
    [InlineData("A: b\r\n\r\n", 6)]
    [InlineData("A: b\r\nLonger: x\r\n\tfolded\r\nC: d\r\n\r\n", 20)]
    [InlineData("A: b\r\n\r\na line of the body, longer than any field\r\n", 6)]
    public void The_longest_field_is_the_same_however_it_is_cut(string text, int octets)
    {
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var scan = new HeaderScan();
            scan.Pass(Encoding.ASCII.GetBytes(text[..cut]));
            scan.Pass(Encoding.ASCII.GetBytes(text[cut..]));
            Assert.Equal(octets, scan.LongestField);
        }
    }

    [Fact]
    public void Nothing_is_counted_behind_the_header()
    {
        var scan = new HeaderScan();
        scan.Pass(Encoding.ASCII.GetBytes("A: b\r\n\r\nbody"));
        scan.Pass("more body"u8);
        Assert.Equal((8L, 1), (scan.Octets, scan.Fields));
    }

    [Theory]
    [InlineData("Delivered-To: alice@us.test\r\n\r\n", "alice@us.test")]
    [InlineData("delivered-TO :  <Alice@US.test> \r\n\r\n", "alice@us.test")]
    [InlineData("Delivered-To:\r\n alice@us.test\r\nSubject: x\r\n\r\n", "alice@us.test")]
    [InlineData("Delivered-To: a@us.test\r\nDelivered-To: b@us.test\r\n\r\n", "a@us.test b@us.test")]
    [InlineData("Delivered-To: alice\r\nX-Delivered-To: b@us.test\r\nDelivered-To-X: c@us.test\r\n\r\n", "")]
    [InlineData("Delivered To: a@us.test\r\nDelivered-: b@us.test\r\n\r\n", "")]
    [InlineData("\r\nDelivered-To: alice@us.test\r\n", "")]
    [InlineData("Delivered-To: a@us.test", "a@us.test")]
    public void LP_04_where_a_message_was_delivered_before_is_seen_however_it_is_cut(string text, string addresses)
    {
        var octets = Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var scan = new HeaderScan();
            scan.Pass(octets.AsSpan(0, cut));
            scan.Pass(octets.AsSpan(cut));
            Assert.Equal(addresses, string.Join(' ', scan.DeliveredTo.Select(address => address.ToString()).Order(StringComparer.Ordinal)));
        }
    }

    [Theory]
    [InlineData("From: a\r\n\r\n", " a", "", false, false)]
    [InlineData("FROM :a\r\n\tb\r\nFrom: c\r\nFrom: d\r\n\r\n", "a\tb| c", "", false, false)]
    [InlineData("Sender: a\r\nDate: x\r\n\r\n", "", " a", true, false)]
    [InlineData("message-ID: x\r\nFrom-: a\r\nFro: b\r\nX-From: c\r\nResent-From: d\r\n\r\n", "", "", false, true)]
    [InlineData("Subject: x\r\n From: folded\r\n\r\nFrom: body\r\nDate: body\r\n", "", "", false, false)]
    [InlineData("From: no end", " no end", "", false, false)]
    public void Who_wrote_it_and_what_is_missing_is_seen_however_it_is_cut(string text, string from, string sender, bool hasDate, bool hasMessageId)
    {
        var octets = Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var scan = new HeaderScan();
            scan.Pass(octets.AsSpan(0, cut));
            scan.Pass(octets.AsSpan(cut));
            Assert.Equal((from, sender, hasDate, hasMessageId), (Join(scan.From), Join(scan.Sender), scan.HasDate, scan.HasMessageId));
        }
    }

    [Theory]
    [InlineData(16_384, 16_384)]
    [InlineData(16_385, 0)] // cut off, it might name others than the whole
    [InlineData(1_000_000, 0)]
    public void LIM_03_a_field_that_is_kept_is_kept_whole_or_not_at_all(int length, int kept)
    {
        var scan = new HeaderScan();
        scan.Pass(Encoding.ASCII.GetBytes($"From:{new string('a', length)}\r\n\r\n"));
        Assert.Equal(kept, Assert.Single(scan.From).Length);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\n\u00e4", false)]
    [InlineData("Subject: \u00e4\r\n\r\n", true)]
    [InlineData("X-\u00e4: x\r\n\r\n", true)]
    public void Octets_beyond_ASCII_are_seen_in_the_header_only(string text, bool expected)
    {
        var scan = new HeaderScan();
        scan.Pass(Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, scan.HasEightBit);
    }

    private static string Join(IReadOnlyList<ReadOnlyMemory<byte>> values) => string.Join('|', values.Select(value => Encoding.ASCII.GetString(value.Span)));

    [Fact]
    public void LIM_03_a_value_without_end_and_deliveries_without_number_are_not_kept()
    {
        var scan = new HeaderScan();
        scan.Pass(Encoding.ASCII.GetBytes("Delivered-To: " + new string('a', 1_000_000) + "@us.test\r\n"));
        for (var i = 0; i < 1_000; i++)
            scan.Pass(Encoding.ASCII.GetBytes($"Delivered-To: u{i}@us.test\r\n"));
        Assert.Equal(100, scan.DeliveredTo.Count);
    }
}
