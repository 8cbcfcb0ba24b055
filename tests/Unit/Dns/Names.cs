// Names as text and as octets.
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class Names
{
    private static readonly string Label63 = new('a', 63);
    private static readonly string Longest = $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}"; // 255 octets on the wire

    public static TheoryData<string, string> Texts => new()
    {
        { "example.test", "example.test" },
        { "example.test.", "example.test" },
        { "EXAMPLE.Test", "example.test" },
        { ".", "." },
        { "single", "single" },
        { "_25._tcp.mx.example.test", "_25._tcp.mx.example.test" },
        { "*.example.test", "*.example.test" },
        { "-.example.test", "-.example.test" },
        { @"a\.b.test", @"a\.b.test" },
        { @"a\046b.test", @"a\.b.test" },
        { @"a\\b.test", @"a\\b.test" },
        { @"\097.test", "a.test" },
        { @"\065.test", "a.test" },
        { @"\000\255.test", @"\000\255.test" },
        { "a b.test", @"a\032b.test" },
        { @"\@.test", "@.test" },
        { Label63 + ".test", Label63 + ".test" },
        { Longest, Longest },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_read_and_has_one_spelling(string text, string spelling)
    {
        Assert.True(DnsName.TryParse(text, out var name));
        Assert.Equal(spelling, name.Text);
        Assert.Equal(name, DnsName.Parse(name.Text));
        Assert.Equal(name.GetHashCode(), DnsName.Parse(name.Text).GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_is_written_is_read_again(string text, string spelling)
    {
        var name = DnsName.Parse(text);
        var message = new byte[Query.HeaderLength + name.WireLength];
        Assert.Equal(name.WireLength, name.Write(message.AsSpan(Query.HeaderLength)));
        var offset = Query.HeaderLength;
        Assert.True(WireName.TryRead(message, ref offset, out var read));
        Assert.Equal(message.Length, offset);
        Assert.Equal(spelling, read.Text);
    }

    public static TheoryData<string> Bad => new()
    {
        "", "..", ".a", "a..b", "a.b..", "a" + Label63, Longest + "b", "ä.test", "\u212a.test", "a\tb.test", "a\0.test", @"a\", @"a\1", @"a\12", @"a\256.test", @"a\1b2.test", "a\u007f.test",
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_no_name_is_refused(string text)
    {
        Assert.False(DnsName.TryParse(text, out _));
        Assert.Throws<FormatException>(() => DnsName.Parse(text));
    }

    [Theory]
    [InlineData("a.example.test", "example.test", true)]
    [InlineData("example.test", "example.test", true)]
    [InlineData("example.test", ".", true)]
    [InlineData(".", ".", true)]
    [InlineData(".", "test", false)]
    [InlineData("test", "example.test", false)]
    [InlineData("badexample.test", "example.test", false)]
    [InlineData(@"a\.example.test", "example.test", false)]
    [InlineData(@"a\\.example.test", "example.test", true)]
    [InlineData(@"x\007example\004test", "example.test", false)]
    public void A_name_is_below_another_label_by_label(string name, string ancestor, bool expected) =>
        Assert.Equal(expected, DnsName.Parse(name).IsAtOrBelow(DnsName.Parse(ancestor)));

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")] // RFC 3596 2.5, in this prefix
    public void An_address_has_a_reverse_name(string address, string name) => Assert.Equal(name, DnsName.ReverseOf(IPAddress.Parse(address)).Text);

    [Fact]
    public void Labels_are_put_in_front_while_there_is_room()
    {
        Assert.True(DnsName.Parse("mx.example.test").TryPrepend("_25._TCP", out var name));
        Assert.Equal("_25._tcp.mx.example.test", name.Text);
        Assert.False(DnsName.Parse(Longest).TryPrepend("a", out _));
        Assert.False(DnsName.Parse("mx.example.test").TryPrepend("", out _));
        Assert.True(DnsName.Root.TryPrepend("test", out name));
        Assert.Equal("test", name.Text);
    }

    [Fact]
    public void A_mail_domain_is_a_name_and_a_literal_is_none()
    {
        Assert.Equal("example.test", DnsName.Of(DomainName.Parse("Example.test")).Text);
        Assert.Throws<FormatException>(() => DnsName.Of(DomainName.Parse("[192.0.2.1]")));
        Assert.Throws<FormatException>(() => DnsName.Of(DomainName.Parse(Longest + "b")));
    }

    // What stands at offset 20 and behind; the header and eight octets of the question stand before it: 01 61 00 at 12, 01 62 c0 0c at 15, 00 at 19.
    public static TheoryData<string, string?, int> Wires => new()
    {
        { "00", ".", 21 },
        { "0161 00", "a", 23 },
        { "c00c", "a", 22 },
        { "0163 c00c", "c.a", 24 },
        { "c00f", "b.a", 22 },
        { "0163 c00f", "c.b.a", 24 },
        { "c013", ".", 22 },
        { "0141 00", "a", 23 },
        { "", null, 20 },
        { "01", null, 20 },
        { "0161", null, 20 },
        { "0261", null, 20 },
        { "3f61", null, 20 },
        { "c0", null, 20 },
        { "c014", null, 20 },         // to itself
        { "0161 c014", null, 20 },    // to the start of its own name
        { "0161 c016", null, 20 },    // to itself, behind a label
        { "c016 0161 00", null, 20 }, // forward
        { "ffff", null, 20 },
        { "c000", null, 20 },         // into the header
        { "c00b", null, 20 },
        { "4061 00", null, 20 },      // prefix 01
        { "8061 00", null, 20 },      // prefix 10
        { "bf61 00", null, 20 },
    };

    [Theory]
    [MemberData(nameof(Wires))]
    public void DN_03_names_in_messages_are_read_and_end(string octets, string? expected, int end)
    {
        byte[] message = [.. new byte[12], .. ResponseBuilder.Hex("016100 0162c00c 00"), .. ResponseBuilder.Hex(octets)];
        var offset = 20;
        Assert.Equal(expected is not null, WireName.TryRead(message, ref offset, out var name));
        Assert.Equal(end, offset);
        Assert.Equal(expected ?? ".", name.Text);
    }

    [Fact]
    public void DN_03_every_first_octet_of_a_label_but_lengths_and_pointers_is_refused()
    {
        for (var first = 64; first < 192; first++)
        {
            byte[] message = [.. new byte[12], (byte)first, .. Enumerable.Repeat((byte)'a', 255), 0];
            var offset = 12;
            Assert.False(WireName.TryRead(message, ref offset, out _), $"{first}");
        }
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(300, false)]
    public void DN_03_a_name_of_up_to_255_octets_is_read_compressed_or_not(int octets, bool isName)
    {
        List<byte> labels = [];
        while (labels.Count < octets - 1)
        {
            var length = Math.Min(63, octets - 2 - labels.Count);
            if (octets - 1 - (labels.Count + 1 + length) == 1)
                length--; // a single octet left over holds no label
            labels.AddRange([(byte)length, .. Enumerable.Repeat((byte)'x', length)]);
        }
        byte[] plain = [.. new byte[12], .. labels, 0];
        var offset = 12;
        Assert.Equal(isName, WireName.TryRead(plain, ref offset, out _));

        // The first label, and a pointer to the rest.
        byte[] compressed = [.. new byte[12], .. labels.Skip(64), 0, .. labels.Take(64), 0xc0, 12];
        offset = compressed.Length - 66;
        Assert.Equal(isName, WireName.TryRead(compressed, ref offset, out _));
    }

    [Fact]
    public void DN_03_pointers_to_pointers_are_followed_only_so_far()
    {
        byte[] message = [.. new byte[12], 0];
        List<byte> chain = [.. message];
        var target = 12;
        for (var i = 0; i < 200; i++)
        {
            var place = chain.Count;
            chain.AddRange([(byte)(0xc0 | target >> 8), (byte)target]);
            target = place;
            var offset = place;
            Assert.Equal(i < 128, WireName.TryRead([.. chain], ref offset, out _));
        }
    }
}
