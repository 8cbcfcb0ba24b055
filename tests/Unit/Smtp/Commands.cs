// Rows of command lines and what they are understood as.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Unit.Smtp;

public sealed class Commands
{
    public static TheoryData<string, string> Rows => new()
    {
        { "EHLO client.example", "Ehlo client.example" },
        { "ehlo client.example", "Ehlo client.example" },
        { "EHLO [192.0.2.1]", "Ehlo [192.0.2.1]" },
        { "EHLO [IPv6:2001:db8::1]", "Ehlo [IPv6:2001:db8::1]" },
        { "EHLO under_score", "Ehlo under_score" },
        { "EHLO", "501" },
        { "EHLO a b", "501" },
        { "EHLO <script>", "501" },
        { "EHLO caf\u00e9", "501" },
        { "HELO client.example", "Helo client.example" },
        { "MAIL FROM:<a@b.test>", "Mail a@b.test" },
        { "mail from:<a@b.test>", "Mail a@b.test" },
        { "MAIL FROM: <a@b.test>", "Mail a@b.test" },
        { "MAIL FROM:<>", "Mail <>" },
        { "MAIL FROM:<a@B.TEST>", "Mail a@b.test" },
        { "MAIL FROM:<A@b.test>", "Mail A@b.test" },
        { "MAIL FROM:<a@b.test> SIZE=10", "Mail a@b.test SIZE=10" },
        { "MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME", "Mail a@b.test SIZE=10 BODY=8BITMIME" },
        { "MAIL FROM:<a@b.test> size=10", "Mail a@b.test SIZE=10" },
        { "MAIL FROM:<a@b.test>  SMTPUTF8 ", "Mail a@b.test SMTPUTF8" },
        { "MAIL FROM:<@x.test,@y.test:a@b.test>", "Mail a@b.test" },
        { "MAIL FROM:<\"a b\"@b.test>", "Mail \"a b\"@b.test" },
        { "MAIL FROM:<\"a>b\"@b.test>", "Mail \"a>b\"@b.test" },
        { "MAIL FROM:<\"a\\\"b\"@b.test>", "Mail \"a\\\"b\"@b.test" },
        { "MAIL FROM:<\"abc\"@b.test>", "Mail abc@b.test" },
        { "MAIL FROM:<a@[192.0.2.1]>", "Mail a@[192.0.2.1]" },
        { "MAIL FROM:<a@[IPv6:2001:DB8::1]>", "Mail a@[IPv6:2001:db8::1]" },
        { "BDAT 10", "Bdat 10" },
        { "bdat 10 last", "Bdat 10 last" },
        { "BDAT 0 LAST ", "Bdat 0 last" },
        { "BDAT 007", "Bdat 7" },
        { "BDAT 10  LAST", "Bdat 10 last" },
        { "BDAT 10 LASTX", "Bdat 10 malformed" },
        { "BDAT 10 LAST LAST", "Bdat 10 malformed" },
        { "BDAT 10LAST", "Bdat  malformed" },
        { "BDAT +10", "Bdat  malformed" },
        { "BDAT -1", "Bdat  malformed" },
        { "BDAT 1e1", "Bdat  malformed" },
        { "BDAT 0x10", "Bdat  malformed" },
        { "BDAT 99999999999999999999", "Bdat  malformed" },
        { "BDAT 999999999999999999", "Bdat 999999999999999999" },
        { "BDAT LAST", "Bdat  malformed" },
        { "BDAT", "Bdat  malformed" },
        { "MAIL FROM:a@b.test", "501" },
        { "MAIL FROM:<a@b.test", "501" },
        { "MAIL FROM:<a@b.test>SIZE=1", "501" },
        { "MAIL FROM:<a@b.test> SIZE=", "501" },
        { "MAIL FROM:<a@b.test> =1", "501" },
        { "MAIL FROM:<a@b.test> A=b=c", "501" },
        { "MAIL FROM:<a>", "501" },
        { "MAIL FROM:<@b.test>", "501" },
        { "MAIL FROM:<a@>", "501" },
        { "MAIL FROM:<a@-b.test>", "501" },
        { "MAIL FROM:<a@b..test>", "501" },
        { "MAIL FROM:<a..b@b.test>", "501" },
        { "MAIL FROM:<.a@b.test>", "501" },
        { "MAIL FROM:<a.@b.test>", "501" },
        { "MAIL FROM:<\"\"@b.test>", "501" },
        { "MAIL FROM:<\"a@b.test>", "501" },
        { "MAIL FROM:<\"a\"b@b.test>", "501" },
        { "MAIL FROM:<a b@b.test>", "501" },
        { "MAIL FROM:<a@[127.1]>", "501" },
        { "MAIL FROM:<a@[0x7f.0.0.1]>", "501" },
        { "MAIL FROM:<a@[300.0.0.1]>", "501" },
        { "MAIL FROM:<a@b.test (x)>", "501" },
        { "MAIL FROM:<\u00e4@b.test>", "Mail \u00e4@b.test in UTF-8" },
        { "MAIL FROM:<\u00e4@b.test> SMTPUTF8", "Mail \u00e4@b.test in UTF-8 SMTPUTF8" },
        { "MAIL FROM:<\"\u00e4 b\"@b.test>", "Mail \"\u00e4 b\"@b.test in UTF-8" },
        { "MAIL FROM:<a@b\u00fccher.test>", "Mail a@xn--bcher-kva.test in UTF-8" },
        { "MAIL FROM:<a@B\u00dcCHER.test>", "Mail a@xn--bcher-kva.test in UTF-8" },
        { "MAIL FROM:<a@\u4f8b\u3048.\u30c6\u30b9\u30c8>", "Mail a@xn--r8jz45g.xn--zckzah in UTF-8" },
        { "UN-02 a C1 control: MAIL FROM:<a\u0085@b.test>", "501" },
        { "UN-02 half a pair of surrogates: MAIL FROM:<a\ud800@b.test>", "501" },
        { "UN-02 a character that turns the text around: MAIL FROM:<a\u202eb@b.test>", "501" },
        { "UN-02 a line separator: MAIL FROM:<\"a\u2028b\"@b.test>", "501" },
        { "UN-02 a space that is none of ASCII: MAIL FROM:<a\u00a0b@b.test>", "501" },
        { "UN-02 an unassigned character: MAIL FROM:<a\u0378b@b.test>", "501" },
        { "INJ-01 a command in a path: MAIL FROM:<a\rRCPT TO:<x@y>", "501" },
        { "INJ-01 NUL: MAIL FROM:<a\0b@b.test>", "501" },
        { "INJ-01 NUL in quotes: MAIL FROM:<\"a\0b\"@b.test>", "501" },
        { "INJ-01 ESC: MAIL FROM:<a\u001bb@b.test>", "501" },
        { "INJ-01 DEL: MAIL FROM:<\"a\u007fb\"@b.test>", "501" },
        { "INJ-03 a line end in the name: EHLO a\rX: y", "501" },
        { "INJ-03 a comment in the name: EHLO a(b)", "501" },
        { "INJ-03 a field's end in the name: HELO a;b", "501" },
        { "UN-03 no name in quotes: RCPT TO:<\"\"@us.test>", "501" },
        { "MAIL FROM:<Postmaster>", "501" },
        { "MAIL", "501" },
        { "MAIL TO:<a@b.test>", "501" },
        { "RCPT TO:<a@b.test>", "Rcpt a@b.test" },
        { "RCPT TO:<Postmaster>", "Rcpt Postmaster" },
        { "RCPT TO:<postmaster>", "Rcpt Postmaster" },
        { "RCPT TO:<a%evil.test@b.test>", "Rcpt a%evil.test@b.test" },
        { "RCPT TO:<evil.test!a@b.test>", "Rcpt evil.test!a@b.test" },
        { "RCPT TO:<a@evil.test@b.test>", "501" },
        { "RCPT TO:<>", "501" },
        { "RCPT TO:<a@b.test> ORCPT=rfc822;a@b.test", "Rcpt a@b.test ORCPT=rfc822;a@b.test" },
        { "RCPT FROM:<a@b.test>", "501" },
        { "DATA", "Data" },
        { "DATA ", "Data" },
        { "DATA x", "501" },
        { "RSET", "Rset" },
        { "RSET x", "501" },
        { "NOOP anything at all", "Noop" },
        { "VRFY <a@b.test>", "Vrfy" },
        { "HELP MAIL", "Help" },
        { "QUIT", "Quit" },
        { "QUIT now", "501" },
        { "STARTTLS", "StartTls" },
        { "STARTTLS x", "501" },
        { "AUTH PLAIN", "Auth PLAIN" },
        { "auth plain AGEAYg==", "Auth PLAIN AGEAYg==" },
        { "AUTH LOGIN =", "Auth LOGIN =" },
        { "AUTH", "501" },
        { "AUTH ", "501" },
        { "AUTH PLAIN ", "501" },
        { "EXPN list", "Expn" },
        { "", "Unknown " },
        { " NOOP", "Unknown  NOOP" },
        { "NOOPX", "Unknown NOOPX" },
        { "\u212aELO x", "Unknown ???ELO x" }, // the Kelvin sign is no K
        { "GET / HTTP/1.1", "Unknown GET / HTTP/1.1" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_command_line_is_understood_or_refused(string line, string expected) => Assert.Equal(expected, Describe(Said(line)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_command_line_cut_at_any_octet_is_never_an_exception(string line, string expected)
    {
        Assert.NotNull(expected);
        var octets = Encoding.UTF8.GetBytes(Said(line));
        for (var length = 0; length < octets.Length; length++)
            Assert.NotNull(CommandParser.Read(octets.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_local_part_has_at_most_64_octets(int length, bool good) =>
        Assert.Equal(good ? $"Rcpt {new string('a', length)}@b.test" : "501", Describe($"RCPT TO:<{new string('a', length)}@b.test>"));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_has_at_most_63_octets(int length, bool good) =>
        Assert.Equal(good ? $"Rcpt a@{new string('b', length)}.test" : "501", Describe($"RCPT TO:<a@{new string('b', length)}.test>"));

    [Fact]
    public void A_domain_has_at_most_255_octets()
    {
        var label = new string('b', 49) + ".";
        var domain = string.Concat(Enumerable.Repeat(label, 5)); // 250
        Assert.True(DomainName.TryParse($"{domain}bbbbb", out _));
        Assert.False(DomainName.TryParse($"{domain}bbbbbb", out _));
    }

    [Fact]
    public void A_path_has_at_most_256_octets_with_its_brackets_and_without_its_source_route()
    {
        var rest = "@" + string.Concat(Enumerable.Repeat(new string('b', 49) + ".", 4)) + "test"; // 205
        Assert.StartsWith("Rcpt", Describe($"RCPT TO:<{new string('a', 49)}{rest}>"), StringComparison.Ordinal);
        Assert.StartsWith("Rcpt", Describe($"RCPT TO:<@x.test,@y.test:{new string('a', 49)}{rest}>"), StringComparison.Ordinal);
        Assert.Equal("501", Describe($"RCPT TO:<{new string('a', 50)}{rest}>"));
    }

    // A row may begin with the attack that it is.
    private static string Said(string row) => row.StartsWith("UN-", StringComparison.Ordinal) || row.StartsWith("INJ-", StringComparison.Ordinal)
        ? row[(row.IndexOf(": ", StringComparison.Ordinal) + 2)..]
        : row;

    private static string Describe(string line) => CommandParser.Read(Encoding.UTF8.GetBytes(line)) switch
    {
        Command.Ehlo ehlo => $"Ehlo {ehlo.Name}",
        Command.Helo helo => $"Helo {helo.Name}",
        Command.Mail mail => $"Mail {(mail.ReversePath is { } address ? address.ToString() : "<>")}{(mail.IsUtf8 ? " in UTF-8" : "")}{Describe(mail.Parameters)}",
        Command.Rcpt rcpt => $"Rcpt {(rcpt.ForwardPath is { } address ? address.ToString() : "Postmaster")}{(rcpt.IsUtf8 ? " in UTF-8" : "")}{Describe(rcpt.Parameters)}",
        Command.Bdat bdat => $"Bdat {bdat.Octets}{(bdat.IsLast ? " last" : "")}{(bdat.IsWellFormed ? "" : " malformed")}",
        Command.Auth auth => $"Auth {auth.Mechanism}{(auth.InitialResponse is null ? "" : " " + auth.InitialResponse)}",
        Command.Unknown unknown => $"Unknown {unknown.Verb}",
        Command.Invalid invalid => $"{invalid.Reply.Code}",
        var other => other.GetType().Name,
    };

    private static string Describe(IReadOnlyList<EsmtpParameter> parameters) =>
        string.Concat(parameters.Select(parameter => $" {parameter.Keyword}{(parameter.Value is null ? "" : "=" + parameter.Value)}"));
}
