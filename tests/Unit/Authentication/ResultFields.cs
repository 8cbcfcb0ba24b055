// Authentication-Results: ours written so that no value leaves its place, and those that claim to be ours taken out.
using System.Buffers;
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;

namespace MailFunctions.Unit.Authentication;

public sealed class ResultFields
{
    [Fact]
    public void Results_are_written_one_to_a_line()
    {
        var dkim = new DkimResult(DkimVerdict.Fail, DomainName.Parse("example.test"), "s1", "the body is another") { Algorithm = "rsa-sha256", SignatureStart = "abcd+f/h" };
        var results = new AuthenticationResults("mx.us.test",
        [
            new MethodResult("spf", "pass") { Properties = [new("smtp.mailfrom", "a@example.test")] },
            AuthenticationResults.Of(dkim),
            AuthenticationResults.Of(new ArcResult(ArcVerdict.Pass, 1, "")),
        ]);
        Assert.Equal(
            "Authentication-Results: mx.us.test;\r\n\tspf=pass\r\n\t smtp.mailfrom=a@example.test;\r\n\tdkim=fail reason=\"the body is another\"\r\n" +
            "\t header.d=example.test\r\n\t header.s=s1\r\n\t header.a=rsa-sha256\r\n\t header.b=\"abcd+f/h\";\r\n\tarc=pass\r\n", results.ToField());
        Assert.Equal("Authentication-Results: mx.us.test; none\r\n", new AuthenticationResults("mx.us.test", []).ToField());
    }

    [Theory]
    [InlineData("a@example.test", "a@example.test")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("x; dkim=pass", "\"x; dkim=pass\"")]
    [InlineData("x\"; dkim=pass header.d=\"y", "\"x\\\"; dkim=pass header.d=\\\"y\"")]
    [InlineData("x\\", "\"x\\\\\"")]
    [InlineData("x (y", "\"x (y\"")]
    [InlineData("x\r\nBcc: y", "\"x??Bcc: y\"")]
    [InlineData("\0\u007F\u00E9\u2028", "\"????\"")]
    public void AR_01_a_value_stays_in_its_place(string value, string written)
    {
        var field = new AuthenticationResults("us", [new MethodResult("spf", "fail") { Properties = [new("smtp.helo", value)] }]).ToField();
        Assert.Equal($"Authentication-Results: us;\r\n\tspf=fail\r\n\t smtp.helo={written}\r\n", field);
    }

    [Fact]
    public void AR_01_a_value_without_end_fits_a_line()
    {
        var field = new AuthenticationResults("us", [new MethodResult("spf", "fail") { Properties = [new("smtp.helo", new string('"', 100_000))] }]).ToField();
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Theory]
    [InlineData("A-R: us", "Authentication-Results: us; spf=pass\r\n", true)]
    [InlineData("in capitals", "AUTHENTICATION-RESULTS: US; spf=pass\r\n", true)]
    [InlineData("space before the colon", "Authentication-Results \t: us; spf=pass\r\n", true)]
    [InlineData("folded", "Authentication-Results:\r\n\t\r\n us\r\n ; spf=pass\r\n", true)]
    [InlineData("behind a comment", "Authentication-Results: (a (b) \\) them; c) us; spf=pass\r\n", true)]
    [InlineData("quoted", "Authentication-Results: \"u\\s\"; spf=pass\r\n", true)]
    [InlineData("with a version", "Authentication-Results: us 1; spf=pass\r\n", true)]
    [InlineData("with a dot behind", "Authentication-Results: us.; spf=pass\r\n", true)]
    [InlineData("with a comment behind", "Authentication-Results: us(x); spf=pass\r\n", true)]
    [InlineData("without results", "Authentication-Results: us\r\n", true)]
    [InlineData("line feeds alone", "Authentication-Results: us; spf=pass\n", true)]
    [InlineData("empty", "Authentication-Results:\r\n", true)]
    [InlineData("a comment without end", "Authentication-Results: (us; spf=pass\r\n", true)]
    [InlineData("of others", "Authentication-Results: them; spf=pass\r\n", false)]
    [InlineData("of others below us", "Authentication-Results: mx.us; spf=pass\r\n", false)]
    [InlineData("of others, ours in a comment", "Authentication-Results: them (us); spf=pass reason=us\r\n", false)]
    [InlineData("another field", "X-Authentication-Results: us; spf=pass\r\n", false)]
    [InlineData("another field that begins alike", "Authentication-Results-X: us; spf=pass\r\n", false)]
    [InlineData("of ARC", "ARC-Authentication-Results: i=1; us; spf=pass\r\n", false)]
    [InlineData("a line without colon", "Authentication-Results\r\n us\r\n", false)]
    [InlineData("folded into another field", "X: y\r\n Authentication-Results: us; spf=pass\r\n", false)]
    public void AR_01_results_in_our_name_are_taken_out_however_they_are_cut(string name, string field, bool isForged)
    {
        const string Before = "Received: x\r\n y\r\n";
        const string After = "From: a@b.test\r\n\r\nAuthentication-Results: us; this is the body\r\n";
        var message = Messages.Octets(Before + field + After);
        for (var cut = 0; cut <= message.Length; cut++)
        {
            var (kept, removed) = Filter(message, cut);
            Assert.True(kept == (isForged ? Before + After : Before + field + After), $"{name}, cut at {cut}: {kept}");
            Assert.Equal(isForged ? 1 : 0, removed);
        }
    }

    [Fact]
    public void AR_01_a_comment_without_end_is_not_held_and_not_let_through()
    {
        var (kept, removed) = Filter(Messages.Octets("Authentication-Results: (" + new string('x', 100_000) + ") us; spf=pass\r\nTo: a\r\n\r\n"), 5000);
        Assert.Equal(("To: a\r\n\r\n", 1), (kept, removed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("To: a\r\n\r\nb")]
    [InlineData("To: a")]
    [InlineData("Authentication-Res")]
    [InlineData("\r\nAuthentication-Results: us; body\r\n")]
    [InlineData("\r\r\nX")]
    public void Anything_else_comes_through_as_it_is(string message)
    {
        for (var cut = 0; cut <= message.Length; cut++)
            Assert.Equal((message, 0), Filter(Messages.Octets(message), cut));
    }

    private static (string Kept, int Removed) Filter(byte[] message, int cut)
    {
        var output = new ArrayBufferWriter<byte>();
        var filter = new ForgedResultsFilter("us");
        filter.Pass(message.AsSpan(0, cut), output);
        filter.Pass(message.AsSpan(cut), output);
        filter.Complete(output);
        return (Encoding.Latin1.GetString(output.WrittenSpan), filter.Removed);
    }
}
