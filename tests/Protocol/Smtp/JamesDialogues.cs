// Dialogues of Apache James about STARTTLS and logins, played to our listeners.
using MailFunctions.Rig;

namespace MailFunctions.Protocol.Smtp;

public sealed class JamesDialogues
{
    // James takes logins in clear and before EHLO; we do neither, so those dialogues are held under TLS and behind an EHLO.
    [Theory]
    [InlineData("data_with_starttls", "Smtp")]
    [InlineData("rcpt_with_starttls", "Smtp")]
    [InlineData("starttls_session_fixation", "Submissions")]
    [InlineData("authplain", "Submissions")]
    public async Task A_dialogue_is_answered_with_the_same_classes_of_replies(string name, string listener)
    {
        var path = Path.Combine(Testdata.Require("smtp-mpt-james"), $"{name}.test");
        await using var rig = new SmtpRig();
        rig.Directory.Domain("mydomain.tld", "bob@mydomain.tld").Account("bob@mydomain.tld", "secret").Account("starttls@mydomain.tld", "secret");
        await using var client = listener == "Smtp" ? rig.Connect() : await rig.ConnectTlsAsync(listener);
        if (listener == "Smtp")
            Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        var isPipelined = false;
        var pending = "";
        foreach (var line in await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
        {
            // The greeting was read; of the reply to EHLO the last line stands for all.
            if (line.Length < 2 || line.StartsWith("S: 220", StringComparison.Ordinal) || line.StartsWith("S: 250-", StringComparison.Ordinal) || line == "S: 250.*")
                continue;
            if (line.StartsWith("C:", StringComparison.Ordinal))
            {
                isPipelined |= pending.Length > 0;
                pending += $"{(line.Length > 3 ? line[3..] : "")}\r\n";
                continue;
            }
            await client.SendAsync(pending);
            pending = "";
            Assert.StartsWith(line[3..4], await client.ReadReplyAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("", pending);
        Assert.Equal(name != "authplain", isPipelined);
    }
}
