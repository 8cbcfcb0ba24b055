// The reference model of POP3: every shape of a command, and what it does in every state.
using System.Text;

namespace MailFunctions.Protocol.Model;

/// <summary>The table. alice@example.test has the password "secret" and three messages; bob has another password.</summary>
internal static class Pop3Model
{
    /// <summary>The messages, in order.</summary>
    public static readonly string[] Messages = ["Subject: one\r\n\r\nx\r\n", "Subject: two\r\n\r\n.\r\n..\r\n.x\r\n", "\r\n"];

    private static readonly Func<Pop3ModelState, bool> Ever = _ => true;
    private static readonly Pop3Row BeforeLogin = new(state => state.LoggedIn, "-ERR Command not known");
    private static readonly Pop3Row AfterLogin = new(state => !state.LoggedIn, "-ERR Command not known");
    private static readonly Pop3Row NotInClear = new(state => !state.MayLogIn, "-ERR [AUTH] No passwords");
    private static readonly Pop3Row NoArgument = new(Ever, "-ERR This command takes no argument");
    private static readonly Pop3Row Unknown = new(Ever, "-ERR Command not known");

    /// <summary>All shapes.</summary>
    public static IReadOnlyList<Pop3Shape> Shapes { get; } =
    [
        new("CAPA", 4, "CAPA\r\n", new Pop3Row(Ever, "+OK") { Lines = Capabilities }),
        new("CAPA with an argument", 2, "CAPA x\r\n", NoArgument),
        new("USER", 60, "USER alice@example.test\r\n", BeforeLogin, NotInClear, new(Ever, "+OK Send PASS", state => state with { Named = true, NamedAlice = true })),
        new("USER of another", 10, "user bob@example.test\r\n", BeforeLogin, NotInClear, new(Ever, "+OK Send PASS", state => state with { Named = true, NamedAlice = false })),
        new("USER without a name", 3, "USER\r\n", BeforeLogin, NotInClear, new(Ever, "-ERR Syntax")),
        new("PASS", 60, "PASS secret\r\n", [.. BeforePass, new(state => state.NamedAlice, "+OK Logged in", state => Used(state) with { LoggedIn = true }), Refused]),
        new("PASS that is wrong", 10, "PASS wrong\r\n", [.. BeforePass, Refused]),
        new("PASS with nothing", 3, "PASS\r\n", [.. BeforePass, Refused]),
        new("AUTH PLAIN", 20, $"AUTH PLAIN {Plain("secret")}\r\n", BeforeLogin, NotInClear, new(Ever, "+OK Logged in", state => Used(state) with { LoggedIn = true })),
        new("AUTH PLAIN with a wrong password", 5, $"AUTH PLAIN {Plain("wrong")}\r\n", BeforeLogin, NotInClear, RefusedBySasl),
        new("AUTH PLAIN with no base64", 2, "AUTH PLAIN x!\r\n", BeforeLogin, NotInClear, new(Ever, "-ERR Malformed")),
        new("AUTH without a mechanism", 2, "AUTH\r\n", BeforeLogin, NotInClear, new(Ever, "-ERR Syntax")),
        new("AUTH by what is not offered", 2, "AUTH CRAM-MD5\r\n", BeforeLogin, NotInClear, new(Ever, "-ERR Authentication mechanism")),
        new("UTF8", 5, "UTF8\r\n", BeforeLogin, new(Ever, "+OK", state => state with { Utf8 = true })),
        new("UTF8 with an argument", 2, "UTF8 x\r\n", BeforeLogin, NoArgument),
        new("STLS", 10, "STLS\r\n", BeforeLogin, new(state => state.Tls || !state.CanEncrypt, "-ERR TLS is active or"), new(state => state.Utf8, "-ERR Say STLS before"),
            new(Ever, "+OK Begin TLS", state => state.Encrypted)),
        new("STLS with an argument", 2, "STLS x\r\n", BeforeLogin, NoArgument),

        new("STAT", 8, "STAT\r\n", AfterLogin, new(Ever, "+OK ")),
        new("STAT with an argument", 2, "STAT 1\r\n", AfterLogin, NoArgument),
        new("LIST", 8, "LIST\r\n", AfterLogin, new(Ever, "+OK ") { Lines = state => state.Unmarked }),
        Numbered("LIST 1", 6, "LIST", "1", 1, "+OK 1 19"),
        Numbered("LIST 2", 4, "LIST", "2", 2, "+OK 2 27"),
        Numbered("LIST 4", 3, "LIST", "4", 4, ""),
        Numbered("LIST 0", 2, "LIST", "0", 0, ""),
        Numbered("LIST 01", 2, "LIST", "01", 0, ""),
        Numbered("LIST 4294967297", 2, "LIST", "4294967297", 0, ""),
        new("UIDL", 6, "uidl\r\n", AfterLogin, new(Ever, "+OK ") { Lines = state => state.Unmarked }),
        Numbered("UIDL 3", 4, "UIDL", "3", 3, "+OK 3 "),
        Numbered("RETR 1", 10, "RETR", "1", 1, "+OK 19 octets", 3),
        Numbered("RETR 2", 10, "RETR", "2", 2, "+OK 27 octets", 5),
        Numbered("RETR 3", 4, "RETR", "3", 3, "+OK 2 octets", 1),
        Numbered("RETR -1", 2, "RETR", "-1", 0, ""),
        Numbered("RETR without a number", 2, "RETR", "", 0, ""),
        Numbered("TOP 1 0", 5, "TOP", "1 0", 1, "+OK", 2),
        Numbered("TOP 2 2", 5, "TOP", "2 2", 2, "+OK", 4),
        Numbered("TOP 2 9223372036854775808", 2, "TOP", "2 9223372036854775808", 2, "+OK", 5),
        new("TOP 1", 2, "TOP 1\r\n", AfterLogin, new(Ever, "-ERR Syntax")),
        new("TOP 1 -1", 2, "TOP 1 -1\r\n", AfterLogin, new(Ever, "-ERR Syntax")),
        Dele(1, 12),
        Dele(2, 12),
        Dele(3, 8),
        Dele(4, 2),
        new("RSET", 8, "RSET\r\n", AfterLogin, new(Ever, "+OK", state => state with { Marks = 0 })),
        new("NOOP", 4, "NOOP\r\n", AfterLogin, new(Ever, "+OK")),
        new("NOOP with an argument", 2, "NOOP x\r\n", AfterLogin, NoArgument),
        new("QUIT", 8, "QUIT\r\n", new Pop3Row(Ever, "+OK Bye", state => state with { Deleted = state.Marks }) { Closes = true }),
        new("QUIT with an argument", 2, "QUIT x\r\n", NoArgument),

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

    // RFC 1939 7: whatever comes of PASS, another needs another USER.
    private static Pop3Row[] BeforePass => [BeforeLogin, NotInClear, new(state => !state.Named, "-ERR Say USER")];

    private static Pop3Row Refused => new(Ever, "-ERR [AUTH] Login failed", state => Used(state) with { Failures = state.Failures + 1 });

    private static Pop3Row RefusedBySasl => new(Ever, "-ERR [AUTH] Login failed", state => state with { Failures = state.Failures + 1 });

    /// <summary>A shape by its name.</summary>
    public static Pop3Shape Of(string name) => Shapes.Single(shape => shape.Name == name);

    private static string Plain(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0alice@example.test\0{password}"));

    private static Pop3ModelState Used(Pop3ModelState state) => state with { Named = false, NamedAlice = false };

    // TOP, UIDL, PIPELINING, RESP-CODES, AUTH-RESP-CODE, EXPIRE, UTF8, IMPLEMENTATION; then what this connection may use: USER, SASL, STLS.
    private static int Capabilities(Pop3ModelState state) => 8 + (state.MayLogIn ? 2 : 0) + (state is { LoggedIn: false, Tls: false, CanEncrypt: true } ? 1 : 0);

    private static Pop3Shape Numbered(string name, int weight, string verb, string argument, int number, string answer, int? lines = null)
    {
        var there = new Pop3Row(state => state.Has(number), answer) { Lines = lines is { } count ? _ => count : null };
        var gone = new Pop3Row(Ever, "-ERR No such message");
        return new(name, weight, argument.Length > 0 ? $"{verb} {argument}\r\n" : $"{verb}\r\n", number is >= 1 and <= Pop3ModelState.Messages ? [AfterLogin, there, gone] : [AfterLogin, gone]);
    }

    private static Pop3Shape Dele(int number, int weight)
    {
        var shape = Numbered($"DELE {number}", weight, "DELE", $"{number}", number, "+OK Marked");
        return shape with { Rows = [.. shape.Rows.Select(row => row.Answer[0] == '+' ? row with { Then = state => state with { Marks = state.Marks | (1 << number) } } : row)] };
    }
}
