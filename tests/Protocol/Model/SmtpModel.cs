// The reference model of SMTP: every shape of a command, and what it does in every state.
using System.Text;
using MailFunctions.Gateway.Smtp;

namespace MailFunctions.Protocol.Model;

/// <summary>The table. us.test is ours with alice, bob and both; alice's password is that of the rig.</summary>
internal static class SmtpModel
{
    private static readonly Func<SmtpState, bool> Ever = _ => true;
    // RFC 6409 8.1: whoever has logged in says who writes.
    private static readonly SmtpRow Authorless = new(state => state.Has(SmtpFacts.LoggedIn), 550, state => state.Dropped);

    private static readonly SmtpRow ExtendedOnly = new(state => !state.Has(SmtpFacts.Extended), 555);
    private static readonly SmtpRow OwnSenderOnly = new(state => state.Has(SmtpFacts.LoggedIn), 553);

    /// <summary>All shapes.</summary>
    public static IReadOnlyList<SmtpShape> Shapes { get; } =
    [
        new("EHLO", 60, "EHLO c.test\r\n", By(SmtpRules.Ehlo, 250)),
        new("ehlo with a literal", 5, "ehlo [192.0.2.1]\r\n", By(SmtpRules.Ehlo, 250)),
        new("HELO", 8, "HELO c.test\r\n", By(SmtpRules.Helo, 250)),
        new("EHLO without a name", 2, "EHLO\r\n", Always(501)),
        new("EHLO with a name that is none", 2, "EHLO c.test (x)\r\n", Always(501)),

        Mail("MAIL", 60, "<a@far.test>", OwnSenderOnly),
        Mail("MAIL of alice", 40, "<alice@us.test>"),
        Mail("MAIL of nobody", 8, "<>", OwnSenderOnly),
        Mail("MAIL with SIZE and BODY", 8, "<alice@us.test> SIZE=100 BODY=8BITMIME", ExtendedOnly),
        Mail("MAIL with a SIZE that lies", 8, "<alice@us.test> SIZE=1", ExtendedOnly),
        Mail("MAIL that is too big", 3, "<alice@us.test> SIZE=201", ExtendedOnly, new SmtpRow(Ever, 552)),
        Mail("MAIL with BINARYMIME", 3, "<alice@us.test> BODY=BINARYMIME", new SmtpRow(Ever, 555)),
        Mail("MAIL with an unknown parameter", 3, "<alice@us.test> X=y", new SmtpRow(Ever, 555)),
        new("MAIL without FROM", 3, "MAIL <a@far.test>\r\n", Always(501)),
        new("MAIL with no address", 3, "MAIL FROM:<a@@far.test>\r\n", Always(501)),
        new("MAIL with a bare CR", 2, "MAIL FROM:<a\rRCPT TO:<alice@us.test>\r\n", Always(500)),

        Rcpt("RCPT", 70, "<alice@us.test>"),
        Rcpt("RCPT of an alias", 8, "<both@us.test>"),
        Rcpt("RCPT of Postmaster", 4, "<Postmaster>"),
        Rcpt("RCPT with NOTIFY", 6, "<bob@us.test> NOTIFY=NEVER", ExtendedOnly),
        Rcpt("RCPT of nobody", 5, "<nobody@us.test>", new SmtpRow(Ever, 550)),
        Rcpt("RCPT elsewhere", 5, "<x@far.test>", new SmtpRow(state => !state.Has(SmtpFacts.LoggedIn), 550)),
        new("RCPT with no address", 3, "RCPT TO:<>\r\n", Always(501)),

        new("DATA", 40, "DATA\r\n", By(SmtpRules.Data, new SmtpRow(Ever, 250, state => state.Taken))) { Continued = ["From: alice@us.test\r\n\r\n..\r\nbody\r\n.\r\n"] },
        new("DATA with nothing", 5, "DATA\r\n", By(SmtpRules.Data, Authorless, new SmtpRow(Ever, 250, state => state.Taken))) { Continued = [".\r\n"] },
        new("DATA with a bare LF", 10, "DATA\r\n", By(SmtpRules.Data, new SmtpRow(Ever, 550, state => state.Dropped)))
            { Continued = ["a\n.\nMAIL FROM:<evil@far.test>\r\n.\r\n"] },
        new("DATA that is too big", 5, "DATA\r\n", By(SmtpRules.Data, new SmtpRow(Ever, 552, state => state.Dropped)))
            { Continued = [new string('x', SmtpState.MaxMessage) + "\r\n.\r\n"] },
        new("DATA with an argument", 2, "DATA x\r\n", Always(501)),

        Bdat("BDAT", 25, "BDAT 6\r\nbody\r\n", 6),
        Bdat("BDAT LAST", 25, "BDAT 6 LAST\r\nbody\r\n", 6, Authorless, new SmtpRow(Ever, 250, state => state.Taken)),
        Bdat("BDAT 0 LAST", 8, "bdat 0 last\r\n", 0, Authorless, new SmtpRow(Ever, 250, state => state.Taken)),
        Bdat("BDAT LAST with From", 25, "BDAT 27 LAST\r\nX: y\r\nFrom: alice@us.test\r\n", 27, new SmtpRow(Ever, 250, state => state.Taken)),
        Bdat("BDAT with a bare LF", 6, "BDAT 5\r\na\nb\r\n", 5, new SmtpRow(Ever, 550, state => state.Dropped)),
        Bdat("BDAT LASTX", 4, "BDAT 6 LASTX\r\nQUIT\r\n", int.MinValue, new SmtpRow(Ever, 501, state => state.Dropped)),
        Bdat("BDAT 150", 15, "BDAT 150\r\n" + new string('x', 150), 150),
        Bdat("BDAT that is too big", 4, "BDAT 201\r\n" + new string('x', 201), 201),
        new("BDAT -1", 1, "BDAT -1\r\n", new SmtpRow(Ever, 501) { Closes = true }),
        new("BDAT beyond all numbers", 1, "BDAT 99999999999999999999\r\n", new SmtpRow(Ever, 501) { Closes = true }),
        new("BDAT beyond all messages", 1, "BDAT 2001\r\n", new SmtpRow(Ever, 552) { Closes = true }),

        new("RSET", 10, "RSET\r\n", By(SmtpRules.Rset, 250)),
        new("RSET with an argument", 2, "RSET x\r\n", Always(501)),
        new("NOOP", 4, "NOOP x y\r\n", By(SmtpRules.Noop, 250)),
        new("VRFY", 3, "VRFY alice\r\n", By(SmtpRules.Vrfy, 252)),
        new("VRFY in UTF-8", 3, "VRFY \u00c3\u00a4\r\n", By(SmtpRules.Vrfy, 252)),
        new("EXPN", 2, "EXPN list\r\n", By(SmtpRules.Expn, 502)),
        new("HELP", 2, "HELP\r\n", By(SmtpRules.Help, 214)),
        new("QUIT", 2, "QUIT\r\n", By(SmtpRules.Quit, 221)),

        new("STARTTLS", 12, "STARTTLS\r\n", By(SmtpRules.StartTls, 220)),
        new("STARTTLS with an argument", 2, "STARTTLS x\r\n", Always(501)),
        new("AUTH PLAIN", 40, $"AUTH PLAIN {Base64("\0alice@us.test\0" + Smtp.SmtpRig.Password)}\r\n", By(SmtpRules.Auth, 235)),
        new("AUTH PLAIN with a wrong password", 8, $"AUTH PLAIN {Base64("\0alice@us.test\0wrong")}\r\n", By(SmtpRules.Auth, new SmtpRow(Ever, 535))),
        new("AUTH LOGIN", 8, "AUTH LOGIN\r\n", By(SmtpRules.Auth, 235))
            { Continued = [Base64("alice@us.test") + "\r\n", Base64(Smtp.SmtpRig.Password) + "\r\n"] },
        new("AUTH LOGIN cancelled", 4, "AUTH LOGIN\r\n", By(SmtpRules.Auth, new SmtpRow(Ever, 501))) { Continued = ["*\r\n"] },
        new("AUTH PLAIN and no base64", 4, "AUTH PLAIN !!!\r\n", By(SmtpRules.Auth, new SmtpRow(Ever, 501))),
        new("AUTH that is not offered", 3, "AUTH CRAM-MD5\r\n", By(SmtpRules.Auth, new SmtpRow(Ever, 504))),
        new("AUTH without a mechanism", 2, "AUTH\r\n", Always(501)),

        new("a verb that is none", 3, "XYZZY\r\n", Always(500)),
        new("TURN", 2, "TURN\r\n", Always(500)),
        new("an empty line", 2, "\r\n", Always(500)),
        new("a NUL", 2, "NOOP\0\r\n", Always(500)),
        new("a line that is too long", 2, $"NOOP {new string('x', 3_000)}\r\n", Always(500)),
        new("a bare LF", 1, "NOOP\n", new SmtpRow(Ever, 500) { Closes = true }),
        new("a browser", 1, "GET / HTTP/1.1\r\n", new SmtpRow(Ever, 554) { Closes = true }),
    ];

    /// <summary>A shape by its name.</summary>
    public static SmtpShape Of(string name) => Shapes.Single(shape => shape.Name == name);

    private static SmtpRow Always(int code) => new(Ever, code);

    // The refusals of the rule, then what else there is to say of the shape.
    private static SmtpRow[] By(SmtpRule rule, params SmtpRow[] rows) =>
    [
        .. rule.Refusals.Select(refusal => new SmtpRow(
            state => (state.Facts & refusal.Of) == refusal.Are, refusal.Reply.Code, state => state.Without(rule.ForgetsRefused))),
        .. rows[..(Array.FindIndex(rows, row => row.When == Ever) + 1)],
    ];

    private static SmtpRow[] By(SmtpRule rule, int code) => By(rule, new SmtpRow(Ever, code, state => state.Behind(rule)) { Closes = rule.Closes });

    private static SmtpShape Mail(string name, int weight, string path, params SmtpRow[] refusals) => new(
        name, weight, $"MAIL FROM:{path}\r\n", By(SmtpRules.Mail, [.. refusals, new(Ever, 250, state => state.Behind(SmtpRules.Mail))]));

    private static SmtpShape Rcpt(string name, int weight, string path, params SmtpRow[] refusals) => new(
        name, weight, $"RCPT TO:{path}\r\n",
        By(SmtpRules.Rcpt, [.. refusals, new(Ever, 250, state => state.Behind(SmtpRules.Rcpt) with { Recipients = state.Recipients + 1 })]));

    private static SmtpShape Bdat(string name, int weight, string sent, int octets, params SmtpRow[] ends) => new(
        name, weight, sent, By(
            SmtpRules.Bdat,
            [
                new(state => octets > SmtpState.MaxMessage - state.ChunkOctets, 552, state => state.Dropped),
                .. ends,
                new(Ever, 250, state => state.Behind(SmtpRules.Bdat) with { ChunkOctets = state.ChunkOctets + octets }),
            ]));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
