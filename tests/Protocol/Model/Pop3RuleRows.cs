// The rules of POP3, written down a second time from the documents: the session and its model both follow the first writing, so a mistake there shows here.
using MailFunctions.Gateway.Pop3;

namespace MailFunctions.Protocol.Model;

public sealed class Pop3RuleRows
{
    // The verb, where it is known and where it is said so, what it is refused for in order, and what it changes ("always" whatever came of it).
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "CAPA", "Both", "RFC 2449 5", "argument", "" },
        { "QUIT", "Both", "RFC 1939 4, 5, 6", "argument", "" },
        { "USER", "Authorization", "RFC 1939 7; no passwords in clear: RFC 8314 4", "no MayLogIn: [AUTH]", "+Named" },
        { "PASS", "Authorization", "RFC 1939 7: behind a USER, each time", "no MayLogIn: [AUTH]; no Named: USER", "+LoggedIn -Named always -Named" },
        { "AUTH", "Authorization", "RFC 5034 4", "no MayLogIn: [AUTH]", "+LoggedIn -Named" },
        { "UTF8", "Authorization", "RFC 6856 2", "argument", "+Utf8" },
        { "STLS", "Authorization", "RFC 2595 4; RFC 6856 2: not behind UTF8", "argument; no MayStartTls: TLS; Utf8: STLS", "+MayLogIn -MayStartTls -Named" },
        { "STAT", "Transaction", "RFC 1939 5", "argument", "" },
        { "LIST", "Transaction", "RFC 1939 5", "", "" },
        { "UIDL", "Transaction", "RFC 1939 7", "", "" },
        { "RETR", "Transaction", "RFC 1939 5", "", "" },
        { "TOP", "Transaction", "RFC 1939 7", "", "" },
        { "DELE", "Transaction", "RFC 1939 5", "", "" },
        { "RSET", "Transaction", "RFC 1939 5", "argument", "" },
        { "NOOP", "Transaction", "RFC 1939 5", "argument", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_rule_is_what_the_documents_say(string verb, string places, string document, string refusals, string changes)
    {
        var rule = Assert.Single(Pop3Rules.All, rule => rule.Verb == verb);
        Assert.StartsWith("RFC ", document, StringComparison.Ordinal);
        Assert.Equal(places, rule.Places.ToString());
        Assert.Equal(verb == "QUIT", rule.Closes);
        Assert.Equal(refusals, string.Join("; ", (rule.IsBare ? ["argument"] : Array.Empty<string>()).Concat(rule.Refusals.Select(Print))));
        var always = rule.ForgetsAnyway == 0 ? [] : Single(rule.ForgetsAnyway).Select(fact => $"always -{fact}");
        Assert.Equal(
            changes, string.Join(' ', Single(rule.Gains).Select(fact => $"+{fact}").Concat(Single(rule.Forgets).Select(fact => $"-{fact}")).Concat(always)));
    }

    [Fact]
    public void Every_rule_has_a_row() => Assert.Equal(
        Pop3Rules.All.Select(rule => rule.Verb).Order(StringComparer.Ordinal), Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    // With the word that tells the replies apart.
    private static string Print(Pop3Refusal refusal)
    {
        var word = new[] { "[AUTH]", "USER", "STLS", "TLS" }.First(word => refusal.Reply.Text.Contains(word, StringComparison.Ordinal));
        return refusal.Holds ? $"{refusal.Fact}: {word}" : $"no {refusal.Fact}: {word}";
    }

    private static IEnumerable<Pop3Facts> Single(Pop3Facts facts) =>
        Enum.GetValues<Pop3Facts>().Where(fact => int.PopCount((int)fact) == 1 && facts.HasFlag(fact));
}
