// The reference model of POP3: every shape of a command, and what it does in every state.
using System.Text;
using MailFunctions.Gateway.Pop3;

namespace MailFunctions.Protocol.Model;

/// <summary>The table. alice@example.test has the password "secret" and three messages; bob has another password.</summary>
internal static class Pop3Model
{
    /// <summary>The messages, in order.</summary>
    public static readonly string[] Messages = ["Subject: one\r\n\r\nx\r\n", "Subject: two\r\n\r\n.\r\n..\r\n.x\r\n", "\r\n"];

    private static readonly Func<Pop3ModelState, bool> Ever = _ => true;
    private static readonly Pop3Row Unknown = new(Ever, "-ERR Command not known");

    /// <summary>All shapes.</summary>
    public static IReadOnlyList<Pop3Shape> Shapes { get; } =
    [
        new("CAPA", 4, "CAPA\r\n", By(Pop3Rules.Capa, new Pop3Row(Ever, "+OK") { Lines = Capabilities })),
        WithArgument(Pop3Rules.Capa),
        new("USER", 60, "USER alice@example.test\r\n", Named(isAlice: true)),
        new("USER of another", 10, "user bob@example.test\r\n", Named(isAlice: false)),
        new("USER without a name", 3, "USER\r\n", By(Pop3Rules.User, new Pop3Row(Ever, "-ERR Syntax"))),
        new(
            "PASS", 60, "PASS secret\r\n",
            By(Pop3Rules.Pass, new(state => state.NamedAlice, "+OK Logged in", state => state.Behind(Pop3Rules.Pass)), Refused(Pop3Rules.Pass))),
        new("PASS that is wrong", 10, "PASS wrong\r\n", By(Pop3Rules.Pass, Refused(Pop3Rules.Pass))),
        new("PASS with nothing", 3, "PASS\r\n", By(Pop3Rules.Pass, Refused(Pop3Rules.Pass))),
        new("AUTH PLAIN", 20, $"AUTH PLAIN {Plain("secret")}\r\n", By(Pop3Rules.Auth, "+OK Logged in")),
        new("AUTH PLAIN with a wrong password", 5, $"AUTH PLAIN {Plain("wrong")}\r\n", By(Pop3Rules.Auth, Refused(Pop3Rules.Auth))),
        new("AUTH PLAIN with no base64", 2, "AUTH PLAIN x!\r\n", By(Pop3Rules.Auth, new Pop3Row(Ever, "-ERR Malformed"))),
        new("AUTH without a mechanism", 2, "AUTH\r\n", By(Pop3Rules.Auth, new Pop3Row(Ever, "-ERR Syntax"))),
        new("AUTH by what is not offered", 2, "AUTH CRAM-MD5\r\n", By(Pop3Rules.Auth, new Pop3Row(Ever, "-ERR Authentication mechanism"))),
        new("UTF8", 5, "UTF8\r\n", By(Pop3Rules.Utf8, "+OK")),
        WithArgument(Pop3Rules.Utf8),
        new("STLS", 10, "STLS\r\n", By(Pop3Rules.Stls, new Pop3Row(Ever, "+OK Begin TLS", state => state.Encrypted))),
        WithArgument(Pop3Rules.Stls),

        new("STAT", 8, "STAT\r\n", By(Pop3Rules.Stat, "+OK ")),
        WithArgument(Pop3Rules.Stat),
        new("LIST", 8, "LIST\r\n", By(Pop3Rules.List, new Pop3Row(Ever, "+OK ") { Lines = state => state.Unmarked })),
        Numbered("LIST 1", 6, Pop3Rules.List, "1", 1, "+OK 1 19"),
        Numbered("LIST 2", 4, Pop3Rules.List, "2", 2, "+OK 2 27"),
        Numbered("LIST 4", 3, Pop3Rules.List, "4", 4, ""),
        Numbered("LIST 0", 2, Pop3Rules.List, "0", 0, ""),
        Numbered("LIST 01", 2, Pop3Rules.List, "01", 0, ""),
        Numbered("LIST 4294967297", 2, Pop3Rules.List, "4294967297", 0, ""),
        new("UIDL", 6, "uidl\r\n", By(Pop3Rules.Uidl, new Pop3Row(Ever, "+OK ") { Lines = state => state.Unmarked })),
        Numbered("UIDL 3", 4, Pop3Rules.Uidl, "3", 3, "+OK 3 "),
        Numbered("RETR 1", 10, Pop3Rules.Retr, "1", 1, "+OK 19 octets", 3),
        Numbered("RETR 2", 10, Pop3Rules.Retr, "2", 2, "+OK 27 octets", 5),
        Numbered("RETR 3", 4, Pop3Rules.Retr, "3", 3, "+OK 2 octets", 1),
        Numbered("RETR -1", 2, Pop3Rules.Retr, "-1", 0, ""),
        Numbered("RETR without a number", 2, Pop3Rules.Retr, "", 0, ""),
        Numbered("TOP 1 0", 5, Pop3Rules.Top, "1 0", 1, "+OK", 2),
        Numbered("TOP 2 2", 5, Pop3Rules.Top, "2 2", 2, "+OK", 4),
        Numbered("TOP 2 9223372036854775808", 2, Pop3Rules.Top, "2 9223372036854775808", 2, "+OK", 5),
        new("TOP 1", 2, "TOP 1\r\n", By(Pop3Rules.Top, new Pop3Row(Ever, "-ERR Syntax"))),
        new("TOP 1 -1", 2, "TOP 1 -1\r\n", By(Pop3Rules.Top, new Pop3Row(Ever, "-ERR Syntax"))),
        Dele(1, 12),
        Dele(2, 12),
        Dele(3, 8),
        Dele(4, 2),
        new("RSET", 8, "RSET\r\n", By(Pop3Rules.Rset, new Pop3Row(Ever, "+OK", state => state with { Marks = 0 }))),
        new("NOOP", 4, "NOOP\r\n", By(Pop3Rules.Noop, "+OK")),
        WithArgument(Pop3Rules.Noop),
        new(
            "QUIT", 8, "QUIT\r\n",
            By(Pop3Rules.Quit, new Pop3Row(Ever, "+OK Bye", state => state with { Deleted = state.Marks }) { Closes = Pop3Rules.Quit.Closes })),
        WithArgument(Pop3Rules.Quit),

        new("APOP", 2, "APOP alice@example.test c4c9334bac560ecc979e58001b3e22fb\r\n", Unknown),
        new("LANG", 2, "LANG *\r\n", Unknown),
        new("a verb that is none", 2, "XYZZY\r\n", Unknown),
        new("an empty line", 2, "\r\n", Unknown),
        new("a space before the verb", 2, " STAT\r\n", Unknown),
        new("a NUL", 2, "NOOP\0\r\n", new Pop3Row(Ever, "-ERR Command contains")),
        new("a bare CR", 2, "DELE 1\rQUIT\r\n", new Pop3Row(Ever, "-ERR Command contains")),
        new("a line that is too long", 2, $"USER {new string('x', 2_000)}\r\n", new Pop3Row(Ever, "-ERR Line too long")),
        new("a bare LF", 1, "DELE 1\n", new Pop3Row(Ever, "-ERR Lines end with") { Closes = true }),
    ];

    /// <summary>A shape by its name.</summary>
    public static Pop3Shape Of(string name) => Shapes.Single(shape => shape.Name == name);

    private static string Plain(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0alice@example.test\0{password}"));

    private static Pop3Row[] Named(bool isAlice) =>
        By(Pop3Rules.User, new Pop3Row(Ever, "+OK Send PASS", state => state.Behind(Pop3Rules.User) with { NamedAlice = isAlice }));

    private static Pop3Row Refused(Pop3Rule rule) => new(Ever, "-ERR [AUTH] Login failed", state => state.Tried(rule) with { Failures = state.Failures + 1 });

    // The refusals of the rule, then what else there is to say of the shape.
    private static Pop3Row[] By(Pop3Rule rule, params Pop3Row[] rows) =>
    [
        .. Elsewhere(rule), .. rule.Refusals.Select(refusal => new Pop3Row(state => state.Has(refusal.Fact) == refusal.Holds, refusal.Reply.Text)), .. rows,
    ];

    private static Pop3Row[] By(Pop3Rule rule, string answer) => By(rule, new Pop3Row(Ever, answer, state => state.Behind(rule)));

    private static Pop3Shape WithArgument(Pop3Rule rule) => new(
        $"{rule.Verb} with an argument", 2, $"{rule.Verb} 1\r\n", [.. Elsewhere(rule), new Pop3Row(Ever, "-ERR This command takes no argument")]);

    // What is not known in a place is not known at all.
    private static Pop3Row[] Elsewhere(Pop3Rule rule) =>
        rule.Places == Pop3Places.Both ? [] : [new(state => !rule.Places.HasFlag(state.Place), "-ERR Command not known")];

    // TOP, UIDL, PIPELINING, RESP-CODES, AUTH-RESP-CODE, EXPIRE, UTF8, IMPLEMENTATION; then what this connection may use: USER, SASL, STLS.
    private static int Capabilities(Pop3ModelState state) =>
        8 + (state.Has(Pop3Facts.MayLogIn) ? 2 : 0) + (state.Has(Pop3Facts.MayStartTls) && !state.Has(Pop3Facts.LoggedIn) ? 1 : 0);

    private static Pop3Shape Numbered(string name, int weight, Pop3Rule rule, string argument, int number, string answer, int? lines = null)
    {
        var there = new Pop3Row(state => state.Has(number), answer) { Lines = lines is { } count ? _ => count : null };
        var gone = new Pop3Row(Ever, "-ERR No such message");
        return new(
            name, weight, argument.Length > 0 ? $"{rule.Verb} {argument}\r\n" : $"{rule.Verb}\r\n",
            number is >= 1 and <= Pop3ModelState.Messages ? By(rule, there, gone) : By(rule, gone));
    }

    private static Pop3Shape Dele(int number, int weight)
    {
        var shape = Numbered($"DELE {number}", weight, Pop3Rules.Dele, $"{number}", number, "+OK Marked");
        return shape with { Rows = [.. shape.Rows.Select(row => row.Answer[0] == '+' ? row with { Then = state => state with { Marks = state.Marks | (1 << number) } } : row)] };
    }
}
