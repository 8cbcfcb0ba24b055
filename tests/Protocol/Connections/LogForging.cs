// What strangers say never looks like a line of ours in the log.
using System.Globalization;
using System.Text;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Protocol.Connections;

public sealed class LogForging
{
    // A line of our own, a cursor that moves, text that runs backwards, a line end that only some see.
    public static TheoryData<string> Forgeries =>
    [
        "a\rinfo: accepted", "a\u001b[2Kb", "a\u202eb", "a\u2028b", "a\u0085b", "a\0b", "a\u200bb", "a\u2066b", "\u00ff\u00fe", "x".PadRight(400, 'x'),
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task INJ_07_SMTP_writes_nothing_into_the_log_that_moves_a_cursor_or_ends_a_line(string forgery)
    {
        await using var rig = new SmtpRig();
        foreach (var listener in (string[])["Smtp", "Submission"])
        {
            await using var client = rig.Connect(listener);
            await client.ReadReplyAsync();
            foreach (var line in (string[])[
                $"EHLO {forgery}", "EHLO c.test", $"MAIL FROM:<{forgery}@far.test> SMTPUTF8", $"MAIL FROM:<a@{forgery}.test> SMTPUTF8", "MAIL FROM:<a@far.test> SMTPUTF8",
                $"RCPT TO:<{forgery}@us.test>", $"RCPT TO:<\"{forgery}\"@us.test>", $"RCPT TO:<alice@us.test> ORCPT=rfc822;{forgery}", forgery, $"HELP {forgery}",
                $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{forgery}\0x"))}", $"AUTH {forgery}", "RCPT TO:<alice@us.test>", "DATA"])
            {
                await client.SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
                if (await client.ReadReplyAsync() is null)
                    break;
            }
            await client.SendAsync(Encoding.UTF8.GetBytes($"From: {forgery} <a@far.test>\r\nSubject: {forgery}\r\nMessage-ID: <{forgery}>\r\n\r\n{forgery}\r\n.\r\n"));
            await client.ReadReplyAsync();
        }

        Assert.NotEmpty(rig.Log.Lines);
        Assert.All(rig.Log.Lines, line => Assert.True(IsPlain(line.Text), line.Text));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task INJ_07_POP3_writes_nothing_into_the_log_that_moves_a_cursor_or_ends_a_line(string forgery)
    {
        await using var server = new Pop3Server();
        await using var client = server.Connect();
        foreach (var line in (string[])[$"USER {forgery}", "PASS x", $"USER {forgery}@example.test", "PASS x", $"APOP {forgery} x", $"AUTH {forgery}", forgery])
        {
            await client.SendAsync(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(line + "\r\n")));
            if (await client.ReadLineAsync() is null)
                break;
        }

        Assert.All(server.Log.Text.Split('\n'), line => Assert.True(IsPlain(line), line));
    }

    private static bool IsPlain(string line) => line.EnumerateRunes().All(rune => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate));
}
