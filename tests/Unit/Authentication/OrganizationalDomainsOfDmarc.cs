// Where organizations begin: by the public suffix list, and by the tree walk.
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class OrganizationalDomainsOfDmarc
{
    private static readonly string[] SmallList = ["// comment", "", "com", "uk.com", "*.ck", "!www.ck", "\u516C\u53F8.cn and more", "cn", "*.a.b.com"];

    [Theory]
    [InlineData("com", null)]
    [InlineData("x.com", "x.com")]
    [InlineData("y.x.com", "x.com")]
    [InlineData("uk.com", null)]
    [InlineData("a.x.uk.com", "x.uk.com")]
    [InlineData("ck", null)]
    [InlineData("x.ck", null)]
    [InlineData("z.y.x.ck", "y.x.ck")]
    [InlineData("a.www.ck", "www.ck")]
    [InlineData("unknown", null)]
    [InlineData("b.a.unknown", "a.unknown")]
    [InlineData("b.com", "b.com")]
    [InlineData("a.b.com", "b.com")]
    [InlineData("x.a.b.com", null)]
    [InlineData("z.y.x.a.b.com", "y.x.a.b.com")]
    [InlineData("x.xn--55qx5d.cn", "x.xn--55qx5d.cn")]
    [InlineData("xn--55qx5d.cn", null)]
    [InlineData("notcom", null)]
    [InlineData("xuk.com", "xuk.com")]
    public void The_longest_rule_wins(string domain, string? expected) =>
        Assert.Equal(expected, new PublicSuffixes(SmallList).Registrable(DomainName.Parse(domain))?.Text);

    [Fact]
    public void The_list_within_the_program_has_the_rules_of_registries_and_of_hosters()
    {
        var list = new PublicSuffixes();
        Assert.InRange(list.Count, 9_000, 30_000);
        Assert.Equal("x.co.uk", list.Registrable(DomainName.Parse("mail.x.co.uk"))?.Text);
        Assert.Equal("x.github.io", list.Registrable(DomainName.Parse("mail.x.github.io"))?.Text);
    }

    // With the list within the program, and with the one that the vectors came with, comments and all.
    [Fact]
    public void The_vectors_of_the_list_hold()
    {
        var folder = Testdata.Require("psl");
        var vectors = File.ReadLines(Path.Combine(folder, "tests.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToArray();
        Assert.Equal(39, vectors.Length);
        foreach (var list in (PublicSuffixes[])[new(), new(File.ReadLines(Path.Combine(folder, "public_suffix_list.dat")))])
        {
            Assert.Empty(vectors.Where(words => Registrable(list, words[0]) != Registrable(null, words[1])).Select(words => $"{words[0]}, not {words[1]}"));
        }
    }

    [Theory]
    [InlineData("a.b.x.test", "x.test=;b.x.test=", "x.test", "x.test")]
    [InlineData("a.b.x.test", "", "a.b.x.test", "a.b.x.test")]
    [InlineData("a.b.x.test", "x.test=;b.x.test=psd=n", "b.x.test", "b.x.test")]
    [InlineData("a.b.x.test", "x.test=;a.b.x.test=psd=n", "a.b.x.test", "a.b.x.test")]
    [InlineData("a.b.x.test", "x.test=;test=psd=y", "x.test", "x.test")]
    [InlineData("a.b.x.test", "test=psd=y", "x.test", "test")]
    [InlineData("a.b.x.test", "b.x.test=;test=psd=y", "x.test", "test")]
    [InlineData("x.test", "x.test=psd=y;test=", "x.test", "x.test")]
    [InlineData("x.test", "test=", "test", "test")]
    [InlineData("a.x.test", "x.test=;x.test=", "a.x.test", "a.x.test")]
    public async Task The_walk_ends_where_a_domain_says_what_it_is(string domain, string records, string expected, string policyAt)
    {
        var zones = new ZoneResolver();
        foreach (var record in records.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = record.IndexOf('=', StringComparison.Ordinal);
            zones.AddTxt("_dmarc." + record[..equals], "v=DMARC1; p=none; " + record[(equals + 1)..]);
        }
        var found = await new TreeWalk(zones).FindAsync(DomainName.Parse(domain), TestContext.Current.CancellationToken);
        Assert.Equal(new OrganizationalDomain(DomainName.Parse(expected), DomainName.Parse(policyAt)), found);
    }

    [Theory]
    [InlineData("a.b.c.d.e.f.g.h.i.j.mail.example.test", "a.b.c.d.e.f.g.h.i.j.mail.example.test g.h.i.j.mail.example.test", 8)]
    [InlineData("1.2.3.4.5.6.example.test", "1.2.3.4.5.6.example.test 2.3.4.5.6.example.test", 8)]
    [InlineData("1.2.3.4.5.example.test", "1.2.3.4.5.example.test 2.3.4.5.example.test", 7)]
    public async Task No_name_costs_more_than_eight_questions(string domain, string first, int questions)
    {
        var zones = new ZoneResolver();
        await new TreeWalk(zones).FindAsync(DomainName.Parse(domain), TestContext.Current.CancellationToken);
        Assert.Equal(first, string.Join(' ', zones.Asked.Take(2).Select(asked => asked.Name.Text["_dmarc.".Length..])));
        Assert.Equal(questions, zones.Asked.Count);
    }

    [Fact]
    public async Task What_cannot_be_learned_on_the_way_leaves_the_organization_unknown() =>
        Assert.Null(await new TreeWalk(new ZoneResolver().Fail("_dmarc.x.test")).FindAsync(
            DomainName.Parse("a.x.test"), TestContext.Current.CancellationToken));

    private static DomainName? Registrable(PublicSuffixes? list, string text)
    {
        if (text == "null" || !DomainName.TryParse(text, out var domain))
            return null;
        return list is null ? domain : list.Registrable(domain);
    }
}
