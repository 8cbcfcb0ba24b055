// The grammar of DMARC records.
using MailFunctions.Authentication.Dmarc;

namespace MailFunctions.Unit.Authentication;

public sealed class DmarcRecords
{
    public static TheoryData<string, string> Rows => new()
    {
        { "v=DMARC1; p=none", "None - - r r 100" },
        { "v=DMARC1;p=reject", "Reject - - r r 100" },
        { " v = DMARC1 ;\tp = Reject ; adkim = S;aspf=s ;", "Reject - - s s 100" },
        { "V=DMARC1; P=quarantine; SP=none; NP=reject", "Quarantine None Reject r r 100" },
        { "v=DMARC1; p=reject; pct=0", "Reject - - r r 0" },
        { "v=DMARC1; p=reject; pct=101; adkim=x; aspf=", "Reject - - r r 100" },
        { "v=DMARC1; p=reject; pct=-1", "Reject - - r r 100" },
        { "v=DMARC1; p=reject; pct=0000", "Reject - - r r 100" },
        { "v=DMARC1; p=reject; t=y; psd=y", "Reject - - r r 100 t psd" },
        { "v=DMARC1; p=reject; t=n; psd=n", "Reject - - r r 100 org" },
        { "v=DMARC1; p=reject; psd=u; x=1; ruf=mailto:a@x.test; fo=1:d:s; ri=1; =; ;;garbage; p2=none", "Reject - - r r 100" },
        { "v=DMARC1; sp=none; p=reject; p=none; pct=5; pct=6", "Reject None - r r 5" },
        { "v=DMARC1; rua=mailto:a@x.test", "None - - r r 100" },
        { "v=DMARC1; p=rejekt; sp=reject; rua=mailto:a@x.test!10m", "None - - r r 100" },
        { "v=DMARC1; p=; rua=x, https://x.test/r", "None - - r r 100" },
        { "v=DMARC1; p=reject; sp=bad; rua=mailto:a@x.test", "None - - r r 100" },
        { "v=DMARC1; p=r\u0000eject; rua=mailto:a@x.test", "None - - r r 100" },
        { "v=DMARC1; p=reject; sp=bad", "" },
        { "v=DMARC1", "" },
        { "v=DMARC1; p=rejekt", "" },
        { "v=DMARC1; rua=", "" },
        { "v=DMARC1; rua=mailto:", "" },
        { "v=DMARC1; rua=a@x.test", "" },
        { "v=DMARC1 p=reject", "" },
        { "v=DMARC1x; p=reject", "" },
        { "v=dmarc1; p=reject", "" },
        { "v=DMARC2; p=reject", "" },
        { "p=reject; v=DMARC1", "" },
        { "; v=DMARC1; p=reject", "" },
        { "v; p=reject", "" },
        { "\u00FFv=DMARC1; p=reject", "" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_record_is_read_as_far_as_it_can_be(string text, string expected) => Assert.Equal(expected, Words(text));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_record_cut_anywhere_asks_for_nothing_that_is_not_in_it(string text, string expected)
    {
        for (var cut = 0; cut < text.Length; cut++)
        {
            if (!DmarcRecord.TryParse(text.AsSpan(0, cut), out var part))
                continue;
            Assert.True(cut >= "v=DMARC1; p=none".Length - 1);
            var isSaid = text[..cut].Contains(part.Policy.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.True(isSaid || part.Policy == DmarcPolicy.None, $"{part.Policy} at {cut}");
        }
        Assert.Equal(expected, Words(text + " ; "));
    }

    [Fact]
    public void A_record_of_64_KiB_is_read_like_any_other()
    {
        Assert.Equal("Reject - - r r 100", Words("v=DMARC1; " + string.Concat(Enumerable.Repeat("p=reject;", 7000))));
        Assert.Equal("", Words("v=DMARC1" + new string(';', 65_000)));
        Assert.Equal("", Words(new string('=', 65_000)));
        Assert.Equal("None - - r r 100", Words("v=DMARC1; rua=" + new string(',', 65_000) + "a:b"));
    }

    [Fact]
    public void No_octets_at_all_do_harm()
    {
        const string Pieces = ";;;;====   \t,:!pvst\0\u00FF\r\n1%y";
        var random = new Random(20);
        for (var i = 0; i < 20_000; i++)
        {
            var text = "v=DMARC1; p=reject; sp=none; rua=mailto:a@x.test; pct=50".ToCharArray();
            for (var changes = random.Next(1, 12); changes > 0; changes--)
                text[random.Next(text.Length)] = Pieces[random.Next(Pieces.Length)];
            if (DmarcRecord.TryParse(text, out var record))
                Assert.True(DmarcRecord.IsOne(text) && record.Percent is >= 0 and <= 100);
        }
    }

    private static string Words(string text)
    {
        if (!DmarcRecord.TryParse(text, out var record))
            return "";
        var psd = record.IsSuffix switch { true => " psd", false => " org", null => "" };
        return $"{record.Policy} {Word(record.SubdomainPolicy)} {Word(record.MissingPolicy)} "
            + $"{(record.IsDkimStrict ? 's' : 'r')} {(record.IsSpfStrict ? 's' : 'r')} {record.Percent}{(record.IsTesting ? " t" : "")}{psd}";
    }

    private static string Word(DmarcPolicy? policy) => policy?.ToString() ?? "-";
}
