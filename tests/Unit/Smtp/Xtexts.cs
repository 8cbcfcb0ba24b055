// Rows of xtext and of the parameters that are written in it, cut at every character.
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Unit.Smtp;

public sealed class Xtexts
{
    [Theory]
    [InlineData("", "")]
    [InlineData("QQ314159", "QQ314159")]
    [InlineData("a+2Bb", "a+b")]
    [InlineData("+3D+20~", "= ~")]
    [InlineData("a+2bb", null)]
    [InlineData("a+2", null)]
    [InlineData("a+", null)]
    [InlineData("a+GG", null)]
    [InlineData("a=b", null)]
    [InlineData("a b", null)]
    [InlineData("a\u00e4", null)]
    [InlineData("+0D+0AX:y", null)]
    [InlineData("+00", null)]
    [InlineData("+1B", null)]
    [InlineData("+7F", null)]
    [InlineData("+C3+A4", null)]
    public void A_value_is_decoded_or_refused(string encoded, string? text)
    {
        Assert.Equal(text, Xtext.TryDecode(encoded, out var decoded) ? decoded : null);
        if (text is not null)
            Assert.Equal(encoded, Xtext.Encode(text));
        for (var length = 0; length < encoded.Length; length++)
        {
            if (Xtext.TryDecode(encoded.AsSpan(0, length), out var part))
                Assert.DoesNotContain(part, c => c is < ' ' or > '~');
        }
    }

    [Fact]
    public void Every_printable_text_comes_back()
    {
        var random = new Random(3461);
        for (var i = 0; i < 10_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(' ', 0x7f))]);
            Assert.True(Xtext.TryDecode(Xtext.Encode(text), out var decoded));
            Assert.Equal(text, decoded);
        }
    }

    [Theory]
    [InlineData("rfc822;bob@far.test", "rfc822;bob@far.test")]
    [InlineData("RFC822;a+2Bb@far.test", "RFC822;a+b@far.test")]
    [InlineData("x-odd;a;b", "x-odd;a;b")]
    [InlineData("rfc822;", null)]
    [InlineData(";bob@far.test", null)]
    [InlineData("bob@far.test", null)]
    [InlineData("rfc 822;bob@far.test", null)]
    [InlineData("rfc+0D822;bob@far.test", null)]
    [InlineData("rfc822;a+0ADATA", null)]
    public void An_original_recipient_is_read_or_refused(string value, string? text)
    {
        Assert.Equal(text is not null, DsnParameters.TryReadOriginalRecipient(value, out var recipient));
        Assert.Equal(text, recipient?.ToString());
        if (text is not null)
            Assert.Equal(recipient, OriginalRecipient.Parse(text));
        for (var length = 0; length < value.Length; length++)
            DsnParameters.TryReadOriginalRecipient(value[..length], out _);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(0, false)]
    public void An_envelope_id_has_at_most_a_hundred_characters_and_one_at_least(int length, bool good) =>
        Assert.Equal(good, DsnParameters.TryReadEnvelopeId(new string('a', length), out _));

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void An_original_recipient_has_at_most_five_hundred_characters(int length, bool good) =>
        Assert.Equal(good, DsnParameters.TryReadOriginalRecipient("rfc822;" + new string('a', length - 7), out _));

    [Theory]
    [InlineData("FULL", ReturnRequest.Full)]
    [InlineData("hdrs", ReturnRequest.Headers)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("BODY", null)]
    public void What_comes_back_is_read_or_refused(string? value, ReturnRequest? request) =>
        Assert.Equal(request, DsnParameters.TryReadReturn(value, out var read) ? read : null);
}
