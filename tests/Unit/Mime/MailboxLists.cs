// Rows of From fields and whom they name, or that nobody can be sure.
using System.Text;
using MailFunctions.Mime;

namespace MailFunctions.Unit.Mime;

public sealed class MailboxLists
{
    public static TheoryData<string, string> Rows => new()
    {
        { "alice@us.test", "alice@us.test" },
        { " alice@us.test ", "alice@us.test" },
        { "<alice@us.test>", "alice@us.test" },
        { "Alice <alice@us.test>", "alice@us.test" },
        { "Alice B. Carroll <alice@us.test>", "alice@us.test" },
        { "\"Alice, of <us@us.test>\" <alice@us.test>", "alice@us.test" },
        { "\"Alice \\\"A\\\" B\" <alice@us.test>", "alice@us.test" },
        { "=?utf-8?q?Al=C3=ADce?= <alice@us.test>", "alice@us.test" },
        { "Al\u00edce <alice@us.test>", "alice@us.test" },
        { "j\u00fcrgen@us.test", "j\u00fcrgen@us.test" },
        { "Alice<alice@us.test>", "alice@us.test" },
        { "alice@us.test (Alice)", "alice@us.test" },
        { "(a (nested) comment)alice@us.test(\\))", "alice@us.test" },
        { "Alice (x <evil@far.test>) <alice@us.test> (y)", "alice@us.test" },
        { "alice @ us . test", "alice@us.test" },
        { "< alice@us.test >", "alice@us.test" },
        { "\"al ice\"@us.test", "\"al ice\"@us.test" },
        { "\"alice\"@us.test", "alice@us.test" },
        { "alice@[192.0.2.1]", "alice@[192.0.2.1]" },
        { "a@x.test, B <b@y.test>,c@z.test", "a@x.test b@y.test c@z.test" },
        { "", "refused" },
        { " ", "refused" },
        { "Alice", "refused" },
        { "Alice <>", "refused" },
        { "<alice@us.test", "refused" },
        { "alice@us.test>", "refused" },
        { "alice@us.test,", "refused" },
        { ",alice@us.test", "refused" },
        { "a@x.test,,b@y.test", "refused" },
        { "a@x.test b@y.test", "refused" },
        { "a@x.test <b@y.test>", "refused" },
        { "<a@x.test> <b@y.test>", "refused" },
        { "<a@x.test>b@y.test", "refused" },
        { "<a@x.test, b@y.test>", "refused" },
        { "<<a@x.test>>", "refused" },
        { "Al ice@us.test", "refused" },
        { "a@b@us.test", "refused" },
        { "@x.test:alice@us.test", "refused" },
        { "<@x.test:alice@us.test>", "refused" },
        { "Group: a@x.test, b@y.test;", "refused" },
        { "undisclosed:;", "refused" },
        { "a@x.test; b@y.test", "refused" },
        { "\"open <alice@us.test>", "refused" },
        { "(open alice@us.test", "refused" },
        { "alice@us.test (open", "refused" },
        { "alice@us.test)", "refused" },
        { "alice@us.test\0@far.test", "refused" },
        { "\\alice@us.test", "refused" },
        { "alice@[192.0.2.1", "refused" },
        { "alice@", "refused" },
        { "alice@us.test.", "alice@us.test" },
        { "a..b@us.test", "refused" },
        { "=?utf-8?q?alice=40us.test?= <evil@far.test>", "evil@far.test" },
        { "=?utf-8?q?alice=40us.test?=", "refused" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_names_these_and_nobody_else(string value, string expected) => Assert.Equal(expected, Describe(Encoding.UTF8.GetBytes(value)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_cut_at_any_octet_is_never_an_exception(string value, string expected)
    {
        Assert.NotNull(expected);
        var octets = Encoding.UTF8.GetBytes(value);
        for (var length = 0; length < octets.Length; length++)
            Assert.NotNull(Describe(octets.AsSpan(0, length)));
    }

    [Fact]
    public void What_is_not_UTF_8_is_not_read() => Assert.Equal("refused", Describe([.. "Al"u8, 0xed, .. "ce <alice@us.test>"u8]));

    [Fact]
    public void LIM_04_comments_may_nest_as_deep_as_they_like() =>
        Assert.Equal("a@b.test", Describe(Encoding.UTF8.GetBytes(new string('(', 8_000) + new string(')', 8_000) + "a@b.test")));

    private static string Describe(ReadOnlySpan<byte> value) =>
        MailboxList.TryRead(value, out var addresses) ? string.Join(' ', addresses.Select(address => address.ToString())) : "refused";
}
