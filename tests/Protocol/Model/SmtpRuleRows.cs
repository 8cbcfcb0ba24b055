// The rules of SMTP, written down a second time from the documents: the session and its model both follow the first writing, so a mistake there shows here.
using System.Globalization;
using MailFunctions.Gateway.Smtp;

namespace MailFunctions.Protocol.Model;

public sealed class SmtpRuleRows
{
    private const string Mail = "Transaction, Recipient, Chunks";

    // The verb, where it is said so, what it is refused for in order ("no" for a fact that does not hold), what holds behind it, and what holds no more.
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "EHLO", "RFC 5321 4.1.1.1, 4.1.4", "", "Greeted, Extended", Mail },
        { "HELO", "RFC 5321 4.1.1.1, 4.1.4", "", "Greeted", $"Extended, {Mail}" },
        {
            "MAIL", "RFC 5321 4.1.4, 4.1.1.2; RFC 6409 4.3; RFC 4954 6",
            "503 no Greeted; 530 Submission and no Tls; 530 Submission and no LoggedIn; 503 Transaction", "Transaction", ""
        },
        { "RCPT", "RFC 5321 4.1.1.3, 3.3; RFC 3030 4.2", "503 no Greeted; 503 no Transaction; 503 Chunks", "Recipient", "" },
        { "DATA", "RFC 5321 4.1.1.4, 3.3; RFC 3030 2", "503 no Greeted; 503 no Transaction; 503 no Recipient; 503 Chunks", "", Mail },
        {
            "BDAT", "RFC 3030 2, 4.2; refused, the transaction is over: RFC 3030 2",
            "503 no Greeted; 530 Submission and no Tls; 530 Submission and no LoggedIn; 503 no Transaction; 503 no Recipient; 502 no Extended", "Chunks", ""
        },
        {
            "BDAT LAST", "RFC 3030 2; RFC 5321 3.3",
            "503 no Greeted; 530 Submission and no Tls; 530 Submission and no LoggedIn; 503 no Transaction; 503 no Recipient; 502 no Extended", "", Mail
        },
        { "RSET", "RFC 5321 4.1.1.5: at any time, and the greeting stays", "", "", Mail },
        { "NOOP", "RFC 5321 4.1.1.9: at any time, and nothing changes", "", "", "" },
        { "VRFY", "RFC 5321 4.1.1.6, 4.1.4: at any time, and nothing changes", "", "", "" },
        { "EXPN", "RFC 5321 4.1.1.7, 4.1.4: at any time, and nothing changes", "", "", "" },
        { "HELP", "RFC 5321 4.1.1.8, 4.1.4: at any time, and nothing changes", "", "", "" },
        { "QUIT", "RFC 5321 4.1.1.10: at any time, and then the server closes", "", "", "" },
        {
            "STARTTLS", "RFC 3207 4, 4.2; not inside a transaction: TLS-07", "503 no Greeted; 503 Transaction; 503 Tls; 502 no Certificate", "Tls",
            $"Greeted, Extended, LoggedIn, {Mail}"
        },
        {
            "AUTH", "RFC 4954 4 (once, not inside a transaction), 6 (538)",
            "503 no Greeted; 503 Transaction; 502 no Submission; 538 no Tls; 503 LoggedIn", "LoggedIn", ""
        },
        { "", "RFC 5321 4.2.4: what is not known changes nothing", "", "", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void ST_01_a_rule_is_what_the_documents_say(string verb, string document, string refusals, string gains, string forgets)
    {
        var rule = Assert.Single(SmtpRules.All, rule => rule.Verb == verb);
        Assert.Contains("RFC ", document, StringComparison.Ordinal);
        Assert.Equal(refusals, string.Join("; ", rule.Refusals.Select(Print)));
        Assert.Equal(gains, Print(rule.Gains));
        Assert.Equal(forgets, Print(rule.Forgets));
        Assert.Equal(SmtpFacts.None, rule.Gains & rule.Forgets);
        Assert.Equal(verb == "QUIT", rule.Closes);
        Assert.Equal(verb.StartsWith("BDAT", StringComparison.Ordinal), rule.HasContent);
        Assert.Equal(rule.HasContent ? Mail : "", Print(rule.ForgetsRefused));
    }

    [Fact]
    public void Every_rule_has_a_row() => Assert.Equal(
        SmtpRules.All.Select(rule => rule.Verb).Order(StringComparer.Ordinal), Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    private static string Print(SmtpRefusal refusal) => string.Create(
        CultureInfo.InvariantCulture,
        $"{refusal.Reply.Code} {string.Join(" and ", Single(refusal.Of).Select(fact => refusal.Are.HasFlag(fact) ? $"{fact}" : $"no {fact}"))}");

    private static string Print(SmtpFacts facts) => string.Join(", ", Single(facts));

    private static IEnumerable<SmtpFacts> Single(SmtpFacts facts) =>
        Enum.GetValues<SmtpFacts>().Where(fact => int.PopCount((int)fact) == 1 && facts.HasFlag(fact));
}
