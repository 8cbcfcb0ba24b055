// Rows of message content as it comes over the wire, whole and cut at every octet.
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Unit.Wire;

public sealed class DotContent
{
    private const ContentDefects None = ContentDefects.None;
    private const ContentDefects Cr = ContentDefects.BareCarriageReturn;
    private const ContentDefects Lf = ContentDefects.BareLineFeed;
    private const ContentDefects Nul = ContentDefects.Nul;

    // name, what comes behind DATA (the end included, then "REST"), the content, the defects
    public static TheoryData<string, string, string, ContentDefects> Rows => new()
    {
        { "an empty message", ".\r\n", "", None },
        { "one empty line", "\r\n.\r\n", "\r\n", None },
        { "one line", "a\r\n.\r\n", "a\r\n", None },
        { "SMG-21 a stuffed dot alone", "..\r\n.\r\n", ".\r\n", None },
        { "SMG-21 a stuffed dot before text", "..x\r\n.\r\n", ".x\r\n", None },
        { "SMG-21 an unstuffed dot before text", ".x\r\n.\r\n", "x\r\n", None },
        { "three dots", "a\r\n...\r\n.\r\n", "a\r\n..\r\n", None },
        { "dots inside a line", "a.b.\r\n.\r\n", "a.b.\r\n", None },
        { "SMG-01", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", Lf },
        { "SMG-02", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", Lf },
        { "SMG-03", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", Lf },
        { "SMG-04", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", Cr },
        { "SMG-05", "a\r.\nb\r\n.\r\n", "a\r.\nb\r\n", Cr | Lf },
        { "SMG-06", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", Cr },
        { "SMG-07", "a\n.\rb\r\n.\r\n", "a\n.\rb\r\n", Cr | Lf },
        { "SMG-08", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", Cr },
        { "SMG-09", "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", Cr },
        { "SMG-10", "a\r\r\n.\r\r\nb\r\n.\r\n", "a\r\r\n\r\r\nb\r\n", Cr },
        { "SMG-12", "a\r\n\0.\r\nb\r\n.\r\n", "a\r\n\0.\r\nb\r\n", Nul },
        { "SMG-13", "a\r\n.\0\r\nb\r\n.\r\n", "a\r\n\0\r\nb\r\n", Nul },
        { "SMG-14 dot and space", "a\r\n. \r\nb\r\n.\r\n", "a\r\n \r\nb\r\n", None },
        { "SMG-15 dot and tab", "a\r\n.\t\r\nb\r\n.\r\n", "a\r\n\t\r\nb\r\n", None },
        { "SMG-16", "a\n\r.\r\nb\r\n.\r\n", "a\n\r.\r\nb\r\n", Cr | Lf },
        { "SMG-17 vertical tab and form feed", "a\v.\vb\f.\fc\r\n.\r\n", "a\v.\vb\f.\fc\r\n", None },
        { "SMG-18 Unicode line ends", "a\u0085.\u0085b\u2028.\u2028c\u2029.\u2029\r\n.\r\n", "a\u0085.\u0085b\u2028.\u2028c\u2029.\u2029\r\n", None },
        { "SMG-19 bare LF first", "\n.\nb\r\n.\r\n", "\n.\nb\r\n", Lf },
        { "SMG-19 dot and bare LF first", ".\nb\r\n.\r\n", "\nb\r\n", Lf },
        { "SMG-19 bare CR first", "\r.\r\nb\r\n.\r\n", "\r.\r\nb\r\n", Cr },
        { "SMG-19 dot and bare CR first", ".\rb\r\n.\r\n", "\rb\r\n", Cr },
        { "SMG-19 dot, CR, CR LF first", ".\r\r\n.\r\n", "\r\r\n", Cr },
    };

    // SMG-11 ends the message: the CR before CR LF is bare, the CR LF . CR LF behind it is an end.
    [Fact]
    public void SMG_11_a_bare_CR_before_a_true_end_is_a_defect_and_the_end_is_the_end()
    {
        var (content, defects, rest) = Decode(Encoding.UTF8.GetBytes("a\r\r\n.\r\nREST"), 4096, 4096);
        Assert.Equal(("a\r\r\n", Cr, "REST"), (content, defects, rest));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Content_ends_where_it_ends_however_it_is_cut(string name, string wire, string content, ContentDefects defects)
    {
        Assert.NotEmpty(name);
        var octets = Encoding.UTF8.GetBytes(wire + "REST");
        for (var input = 1; input <= octets.Length; input++)
        {
            foreach (var output in new[] { 1, 2, 3, 4096 })
                Assert.Equal((content, defects, "REST"), Decode(octets, input, output));
        }
        for (var cut = 0; cut < octets.Length; cut++)
        {
            var decoder = new DotDecoder();
            var first = Run(ref decoder, octets.AsSpan(0, cut), 4096, out var taken);
            Assert.Equal(taken < cut || decoder.Ended, decoder.Ended);
            var second = Run(ref decoder, octets.AsSpan(taken), 4096, out _);
            Assert.Equal(content, Encoding.UTF8.GetString([.. first, .. second]));
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Without_its_last_octet_no_content_ends(string name, string wire, string content, ContentDefects defects)
    {
        Assert.NotNull(name + content + defects);
        var octets = Encoding.UTF8.GetBytes(wire);
        for (var length = 0; length < octets.Length; length++)
        {
            var decoder = new DotDecoder();
            Run(ref decoder, octets.AsSpan(0, length), 4096, out var taken);
            Assert.False(decoder.Ended);
            Assert.Equal(length, taken);
        }
    }

    [Theory]
    [InlineData(65_536, None)]
    [InlineData(65_537, ContentDefects.LongLine)]
    public void A_line_has_its_limit(int length, ContentDefects defects)
    {
        var octets = Encoding.ASCII.GetBytes(new string('x', length) + "\r\n.\r\n");
        var (content, found, _) = Decode(octets, 1000, 4096);
        Assert.Equal((length + 2, defects), (content.Length, found));
    }

    [Fact]
    public void What_the_writer_stuffs_the_decoder_gives_back_for_every_short_text()
    {
        // Every text of up to 7 pieces that matter, as long as it is content that may be stored: lines ended by CR LF.
        string[] pieces = ["", ".", "..", ".x", "x.", "x"];
        foreach (var a in pieces)
        {
            foreach (var b in pieces)
            {
                foreach (var c in pieces)
                {
                    var text = $"{a}\r\n{b}\r\n{c}\r\n";
                    for (var cut = 0; cut <= text.Length; cut++)
                    {
                        var wire = new System.Buffers.ArrayBufferWriter<byte>();
                        var writer = new DotWriter();
                        writer.Write(wire, Encoding.ASCII.GetBytes(text[..cut]));
                        writer.Write(wire, Encoding.ASCII.GetBytes(text[cut..]));
                        writer.Finish(wire);
                        Assert.Equal((text, None, ""), Decode(wire.WrittenSpan.ToArray(), 4096, 4096));
                    }
                }
            }
        }
    }

    [Fact]
    public void The_writer_ends_an_unfinished_line_and_an_empty_text()
    {
        var wire = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new DotWriter();
        writer.Finish(wire);
        Assert.Equal(".\r\n", Encoding.ASCII.GetString(wire.WrittenSpan));
        wire.Clear();
        writer.Write(wire, "x"u8);
        writer.Finish(wire);
        Assert.Equal("x\r\n.\r\n", Encoding.ASCII.GetString(wire.WrittenSpan));
    }

    private static (string Content, ContentDefects Defects, string Behind) Decode(byte[] octets, int inputSize, int outputSize)
    {
        var decoder = new DotDecoder();
        var content = new List<byte>();
        var at = 0;
        while (!decoder.Ended && at < octets.Length)
        {
            content.AddRange(Run(ref decoder, octets.AsSpan(at, Math.Min(inputSize, octets.Length - at)), outputSize, out var taken));
            at += taken;
        }
        Assert.True(decoder.Ended);
        return (Encoding.UTF8.GetString([.. content]), decoder.Defects, Encoding.UTF8.GetString(octets.AsSpan(at)));
    }

    private static List<byte> Run(ref DotDecoder decoder, ReadOnlySpan<byte> input, int outputSize, out int taken)
    {
        var content = new List<byte>();
        var output = new byte[outputSize];
        taken = 0;
        while (taken < input.Length && !decoder.Ended)
        {
            decoder.Decode(input[taken..], output, out var consumed, out var written);
            Assert.True(consumed > 0 || written > 0, "The decoder makes no progress.");
            content.AddRange(output[..written]);
            taken += consumed;
        }
        return content;
    }
}
