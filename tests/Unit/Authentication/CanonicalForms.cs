// Headers and bodies in the forms in which they are signed, against the vectors of dk-milter, and cut at every octet.
using System.Buffers;
using System.Text;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class CanonicalForms
{
    // The set has every other number, and neither 15 nor 17.
    public static TheoryData<string> Numbers => ["01", "03", "05", "07", "09", "11", "13", "19", "21", "23", "25"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_message_becomes_what_others_make_of_it_octet_for_octet(string number)
    {
        var folder = Testdata.Require("dkim-canon");
        var path = Path.Combine(folder, "email." + number);
        var message = Messages.Read(path);
        foreach (var (form, name) in new[] { (Canonicalization.Simple, "simple"), (Canonicalization.Relaxed, "relaxed") })
        {
            var expected = Path.Combine(folder, $"{name}.expected.{number}");
            if (!File.Exists(expected))
                continue;
            for (var cut = 0; cut <= message.Length; cut++)
                Assert.Equal(Encoding.Latin1.GetString(File.ReadAllBytes(expected)), Canonical(form, message, cut));
        }
    }

    [Theory]
    [InlineData("", "", "\r\n")]
    [InlineData("\r\n", "", "\r\n")]
    [InlineData("\r\n\r\n\r\n", "", "\r\n")]
    [InlineData(" \t \r\n\r\n", "", " \t \r\n")]
    [InlineData("a", "a\r\n", "a\r\n")]
    [InlineData("a\r\n\r\n\r\n", "a\r\n", "a\r\n")]
    [InlineData("\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n")]
    [InlineData(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n")] // RFC 6376 3.4.5
    [InlineData("a\r\n \r\nb\r\n \r\n", "a\r\n\r\nb\r\n", "a\r\n \r\nb\r\n \r\n")]
    [InlineData("a\nb\n\n", "a\r\nb\r\n", "a\r\nb\r\n")] // line feeds alone
    [InlineData("a\rb\r\r\n", "a\rb\r\r\n", "a\rb\r\r\n")] // a CR alone is no line end
    [InlineData("a\r", "a\r\r\n", "a\r\r\n")]
    [InlineData("a \r", "a \r\r\n", "a \r\r\n")]
    public void A_body_has_its_form_however_it_is_cut(string body, string relaxed, string simple)
    {
        var octets = Messages.Octets(body);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            Assert.Equal(relaxed, Body(Canonicalization.Relaxed, octets, cut));
            Assert.Equal(simple, Body(Canonicalization.Simple, octets, cut));
        }
    }

    [Theory]
    [InlineData("A: X\r\n", "a:X\r\n")] // RFC 6376 3.4.5
    [InlineData("B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n")]
    [InlineData("Subject:\r\n", "subject:\r\n")]
    [InlineData("Subject: \t \r\n \r\n", "subject:\r\n")]
    [InlineData("Subject:a:b\r\n", "subject:a:b\r\n")]
    [InlineData("SUBJECT \t:  =?x? \r\n\t \r\n a\r\n", "subject:=?x? a\r\n")]
    public void A_field_has_its_form(string field, string relaxed)
    {
        Assert.Equal(relaxed, Field(Canonicalization.Relaxed, new RawField(Messages.Octets(field))));
        Assert.Equal(field, Field(Canonicalization.Simple, new RawField(Messages.Octets(field))));
    }

    [Fact]
    public void A_body_of_empty_lines_without_end_is_counted_and_not_kept()
    {
        var sink = new CountingSink();
        var body = new BodyForm(Canonicalization.Relaxed, sink);
        var lines = Messages.Octets(string.Concat(Enumerable.Repeat("\r\n", 5000)));
        for (var i = 0; i < 1000; i++)
            body.Pass(lines);
        Assert.Equal((0L, 0), (sink.Octets, sink.Largest));
        body.Pass("x"u8);
        body.Complete();
        Assert.Equal(10_000_003L, sink.Octets);
        Assert.InRange(sink.Largest, 1, 4096);
    }

    private static string Canonical(Canonicalization form, byte[] message, int cut)
    {
        var block = new HeaderBlock();
        var taken = block.Pass(message.AsSpan(0, cut));
        taken += block.Ended ? 0 : block.Pass(message.AsSpan(cut));
        block.Complete();
        return string.Concat(block.Fields.Select(field => Field(form, field))) + "\r\n" + Body(form, message[taken..], Math.Max(0, cut - taken));
    }

    private static string Field(Canonicalization form, RawField field)
    {
        var output = new ArrayBufferWriter<byte>();
        HeaderForm.Write(form, field, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    private static string Body(Canonicalization form, byte[] octets, int cut)
    {
        var sink = new TextSink();
        var body = new BodyForm(form, sink);
        body.Pass(octets.AsSpan(0, cut));
        body.Pass(octets.AsSpan(cut));
        body.Complete();
        return sink.Text.ToString();
    }

    private sealed class TextSink : IOctetSink
    {
        public StringBuilder Text { get; } = new();

        public void Append(ReadOnlySpan<byte> octets) => Text.Append(Encoding.Latin1.GetString(octets));
    }

    private sealed class CountingSink : IOctetSink
    {
        public long Octets { get; private set; }

        public int Largest { get; private set; }

        public void Append(ReadOnlySpan<byte> octets)
        {
            Octets += octets.Length;
            Largest = Math.Max(Largest, octets.Length);
        }
    }
}
