// The grammar of SPF records.
using MailFunctions.Authentication.Spf;

namespace MailFunctions.Unit.Authentication;

public sealed class SpfRecords
{
    public static TheoryData<string> Right => new()
    {
        "v=spf1",
        "V=sPf1 -all",
        "v=spf1  a   -ALL ",
        "v=spf1 a/0 mx//0 a/24//64 a:x.test/24 mx:x.test//128 ptr ptr:x.test exists:%{ir}.x.test include:x.test.",
        "v=spf1 ip4:0.0.0.0/0 ip4:192.0.2.1 ip6:::1.1.1.1/0 ip6:Cafe:Babe:8000::/33 ?all",
        "v=spf1 a:foo:bar/baz.example.com a:x.xn--zckzah a:%{H} a:x%% a:%{l1r+-}.%{d2} a:%{s999999999999}.x.test",
        "v=spf1 moo.cow-far_out=man:dog/cat default=pass empty= redirect=x.test exp=y.test",
    };

    public static TheoryData<string> Wrong => new()
    {
        "", "v=spf", "v=spf10", "v=spf1\t-all", "v=spf1 moo", "v=spf1 -all.", "v=spf1 all:x.test", "v=spf1 all/8", "v=spf1 --all", "v=spf1 -",
        "v=spf1 a/33", "v=spf1 a//129", "v=spf1 a/24/64", "v=spf1 a/024", "v=spf1 a/", "v=spf1 a:", "v=spf1 a:museum", "v=spf1 a:abc.123",
        "v=spf1 a:111.222.33.44", "v=spf1 a:x.test:8080", "v=spf1 a:x.-com", "v=spf1 a:x.test\0", "v=spf1 a:x.test\rptr", "v=spf1 \u0080a:x.test",
        "v=spf1 ptr:", "v=spf1 ptr/0", "v=spf1 include", "v=spf1 include:", "v=spf1 include:x.test/24", "v=spf1 exists", "v=spf1 exists:x.test/24",
        "v=spf1 ip4", "v=spf1 ip4:1.2.3", "v=spf1 ip4:1.2.3.4/33", "v=spf1 ip4:1.2.3.4/032", "v=spf1 ip4:1.2.3.4//32", "v=spf1 ip4:1.2.3.4:25",
        "v=spf1 ip4:01.2.3.4", "v=spf1 ip6", "v=spf1 ip6::CAFE::BABE", "v=spf1 ip6:::1.1.1.1//33", "v=spf1 ip6:::1/129", "v=spf1 ip6:fe80::1%1",
        "v=spf1 exists:%(ir).x.test", "v=spf1 exists:x%.test", "v=spf1 a:%{a}.x.test", "v=spf1 a:%{d0}", "v=spf1 a:%{d", "v=spf1 a:%", "v=spf1 a:x%%_",
        "v=spf1 exp=%{r}.x.test", "v=spf1 a:%{c}", "v=spf1 a:%{t}", "v=spf1 1up=x", "v=spf1 =all", "v=spf1 foo=%abc", "v=spf1 exp=", "v=spf1 redirect=-all",
        "v=spf1 redirect:x.test", "v=spf1 moo.cow/far=x", "v=spf1 moo.cow:far=x", "v=spf1 exp=x.test exp=x.test", "v=spf1 redirect=x.test Redirect=x.test",
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void What_the_grammar_allows_is_read(string text) => Assert.True(SpfRecord.TryParse(text, out _));

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Any_mistake_makes_the_whole_record_one(string text) => Assert.False(SpfRecord.TryParse(text, out _));

    [Fact]
    public void SP_01_Mutated_and_cut_records_are_read_or_refused_and_never_throw()
    {
        const string alphabet = "%{}:/=. -~0129adpz\0\u00ff";
        var random = new Random(7208);
        foreach (var row in Right.Concat(Wrong))
        {
            for (var cut = 0; cut <= row.Data.Length; cut++)
                _ = SpfRecord.TryParse(row.Data[..cut], out _);
            for (var round = 0; round < 500 && row.Data.Length > 0; round++)
            {
                var text = row.Data.ToCharArray();
                for (var change = random.Next(4); change >= 0; change--)
                    text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
                _ = SpfRecord.TryParse(new string(text), out _);
            }
        }
    }
}
