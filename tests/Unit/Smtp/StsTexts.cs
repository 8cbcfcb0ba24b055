// The grammar of MTA-STS records and policies (RFC 8461 3).
using MailFunctions.Mail;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.Unit.Smtp;

public sealed class StsTexts
{
    public static TheoryData<string, string> Records => new()
    {
        { "v=STSv1; id=20160831085700Z;", "20160831085700Z" },
        { "v=STSv1;id=1", "1" },
        { "v=STSv1 \t; \tid=a1 ; x=y; ", "a1" },
        { "v=STSv1; x_1-a.b=!#$; id=A; id=B", "A" },
        { "v=STSv1; id=12345678901234567890123456789012", "12345678901234567890123456789012" },
        { "v=STSv1; id=123456789012345678901234567890123", "" },
        { "v=STSv1; id=", "" },
        { "v=STSv1; id=a-b", "" },
        { "v=STSv1; id=a b", "" },
        { "v=STSv1; ID=a", "" },
        { "v=STSv1; id = a", "" },
        { "v=STSv1;; id=a", "" },
        { "v=STSv1; id=a;;", "" },
        { "v=STSv1; x=; id=a", "" },
        { "v=STSv1; x=a=b; id=a", "" },
        { "v=STSv1; _x=a; id=a", "" },
        { "v=STSv1; x", "" },
        { "v=STSv1", "" },
        { "v=STSv1;", "" },
        { "v=STSv12; id=a", "" },
        { "v=stsv1; id=a", "" },
        { " v=STSv1; id=a", "" },
        { "v=STSv1; id=\u00E9", "" },
        { "id=a; v=STSv1", "" },
        { "", "" },
    };

    // The policy in short: mode, seconds, patterns.
    public static TheoryData<string, string> Policies => new()
    {
        { "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n",
            "Enforce 604800 mail.example.com *.example.net backupmx.example.com" },
        { "version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1", "Testing 1 a.test" },
        { "max_age:86400\nmx:\tA.Test\nmode:none\nversion:STSv1\n", "None 86400 a.test" },
        { "version: STSv1\nmode: none\nmax_age: 0\n", "None 0" },
        { "version: STSv1 \nmode: enforce\t\nmx: a.test  \nmax_age: 5 \n\n\r\n \n", "Enforce 5 a.test" },
        { "version: STSv1\nmode: enforce\nmode: none\nmode: what\nmx: a.test\nmax_age: 5\nmax_age: 6\nmax_age: x\nversion: STSv2\n", "Enforce 5 a.test" },
        { "version: STSv1\nmode: enforce\nx-1.y_z: any thing \u00C3\u00A9 here: too\nmx: a.test\nmax_age: 5\n", "Enforce 5 a.test" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 31557600\n", "Enforce 31557600 a.test" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 9999999999\n", "Enforce 31557600 a.test" },
        { "version: STSv1\nmode: enforce\nmx: xn--bcher-kva.test\nmax_age: 5", "Enforce 5 xn--bcher-kva.test" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 99999999999\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 1d\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test\nmax_age:\n", "" },
        { "version: STSv1\nmode: enforce\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test\n", "" },
        { "version: STSv1\nmx: a.test\nmax_age: 5\n", "" },
        { "mode: enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv2\nmode: enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: Enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "Version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: *.*.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.*.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: *\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: *.\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx:\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test b.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: [192.0.2.1]\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: a.test\u0000\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nmx: \u00FC.test\nmax_age: 5\n", "" },
        { "version: STSv1\n\nmode: enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\n: enforce\nmode: enforce\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\nmode: enforce\nx: a\u0001b\nmx: a.test\nmax_age: 5\n", "" },
        { "version: STSv1\rmode: enforce\rmx: a.test\rmax_age: 5\r", "" },
        { "<html>\n", "" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_has_this_id(string text, string expected)
    {
        Assert.Equal(expected.Length > 0, StsRecord.TryParse(text, out var record));
        Assert.Equal(expected, record.Id ?? "");
        if (expected.Length > 0)
            Assert.True(StsRecord.TryParse(record.ToString(), out var again) && again == record);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_cut_anywhere_has_no_other_id_than_the_beginning_of_its_own(string text, string expected)
    {
        for (var cut = 0; cut < text.Length; cut++)
        {
            if (StsRecord.TryParse(text.AsSpan(0, cut), out var part))
                Assert.Contains($"id={part.Id}", text[..cut], StringComparison.Ordinal);
        }
        Assert.Equal(expected.Length > 0 && !text.TrimEnd().EndsWith(';'), StsRecord.TryParse(text + " ;", out _) && !text.TrimEnd().EndsWith(';'));
    }

    [Fact]
    public void Of_the_texts_at_the_name_one_is_the_record_and_of_several_none()
    {
        Assert.Equal("a", StsRecord.Find(["v=spf1 -all", "v=STSv1; id=a", "v=STSv2; id=b"])?.Id);
        Assert.Null(StsRecord.Find(["v=STSv1; id=a", "v=STSv1; id=a"]));
        Assert.Null(StsRecord.Find(["v=STSv1; id=a", "v=STSv1; id="]));
        Assert.Null(StsRecord.Find([]));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_demands_this(string text, string expected)
    {
        Assert.Equal(expected, Words(text));
        if (StsPolicy.TryParse(text, out var policy))
            Assert.Equal(expected, Words(policy.ToString()));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_cut_anywhere_demands_nothing_that_is_not_in_it(string text, string expected)
    {
        var whole = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var cut = 0; cut < text.Length; cut++)
        {
            if (!StsPolicy.TryParse(text.AsSpan(0, cut), out var part))
                continue;
            Assert.Contains($"{StsModes.NameOf(part.Mode)}", text[..cut], StringComparison.Ordinal);
            if (whole.Length > 0)
                Assert.Equal(whole[0], part.Mode.ToString());
            Assert.All(part.Patterns, pattern => Assert.Contains(pattern, text[..cut], StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void A_policy_of_very_many_exchangers_is_read_up_to_a_limit()
    {
        var text = "version: STSv1\nmode: enforce\nmax_age: 5\n" + string.Concat(Enumerable.Range(0, 5_000).Select(number => $"mx: h{number}.test\n"));

        Assert.True(StsPolicy.TryParse(text, out var policy));
        Assert.Equal(StsPolicy.MaxPatterns, policy.Patterns.Count);
        Assert.True(policy.ToString().Length < StsPolicy.MaxLength);
    }

    [Theory]
    // RFC 8461 4.1
    [InlineData("mail.example.com", "mail.example.com", true)]
    [InlineData("mail.example.com", "MAIL.Example.com.", true)]
    [InlineData("mail.example.com", "a.mail.example.com", false)]
    [InlineData("mail.example.com", "example.com", false)]
    [InlineData("*.example.com", "mail.example.com", true)]
    [InlineData("*.example.com", "MAIL.EXAMPLE.COM", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*.example.com", "a.mail.example.com", false)]
    [InlineData("*.example.com", "mailexample.com", false)]
    [InlineData("*.example.com", "", false)]
    [InlineData("*.example.com", "mail.example.com.evil.test", false)]
    public void A_pattern_allows_a_host_of_one_more_label_and_no_other(string pattern, string host, bool isAllowed)
    {
        Assert.True(StsPolicy.TryParse($"version: STSv1\nmode: enforce\nmx: {pattern}\nmax_age: 5\n", out var policy));
        Assert.Equal(isAllowed, policy.Allows(host));
    }

    [Fact]
    public void A_policy_of_our_own_is_written_as_the_standard_shows_it()
    {
        var policy = new StsPolicy(StsMode.Testing, [DomainName.Parse("mail.example.org")], TimeSpan.FromDays(7));

        Assert.Matches("^[0-9a-f]{16}$", policy.Id);
        Assert.NotEqual(policy.Id, new StsPolicy(StsMode.Testing, [DomainName.Parse("mx.example.org")], TimeSpan.FromDays(7)).Id);
        Assert.Equal("version: STSv1\r\nmode: testing\r\nmx: mail.example.org\r\nmax_age: 604800\r\n", policy.ToString());
    }

    private static string Words(string text) => StsPolicy.TryParse(text, out var policy)
        ? string.Join(' ', [$"{policy.Mode}", $"{(long)policy.MaxAge.TotalSeconds}", .. policy.Patterns])
        : "";
}
