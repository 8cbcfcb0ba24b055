// What leaves a whole system signed or sealed, before judges that know nothing of us: rspamd and OpenDKIM.
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed partial class SignedMail
{
    private const string Client = "192.0.2.25";

    private static readonly DkimKey Theirs = new(DomainName.Parse("else.test"), "s", SigningKey.NewRsa());

    [Fact]
    public async Task Mail_of_our_users_is_signed_for_rspamd_and_OpenDKIM_and_what_an_alias_sends_on_keeps_its_signature_and_has_a_seal()
    {
        await using var postfix = await PostfixServer.StartAsync("127.0.0.31", ["far.test"]);
        // The system makes its keys when it runs, and the name server's zones are there before: so two name servers.
        await using var names = await NameServer.StartAsync(new()
        {
            ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.31",
            ["else.test"] = $"s._domainkey IN TXT {Quoted(Theirs.Key.DnsRecord)}\n_dmarc IN TXT \"v=DMARC1; p=reject\"",
        });
        await using var system = await StartAsync(names, postfix.Port, "--alias", "away@example.test=bob@far.test");
        var made = await Mailctl.RunAsync(system, "dkim", "create", "example.test", "--json");
        var records = JsonDocument.Parse(made.Output).RootElement.GetProperty("keys").EnumerateArray()
            .Select(key => (Name: key.GetProperty("name").GetString()!, Text: key.GetProperty("text").GetString()!)).ToList();
        Assert.Equal(2, records.Count);

        await SubmitAsync(system, "From: Alice <alice@example.test>\r\nTo: bob@far.test\r\nSubject: signed\r\n\r\n..\r\nna\u00efve\r\n", "bob@far.test");
        await BringAsync(system, Signed("From: x@else.test\r\nTo: away@example.test\r\nSubject: forwarded\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <2@else.test>\r\n\r\nbody\r\n"));
        var arrived = await UntilAsync(postfix, 2);
        var signed = AsSent(Assert.Single(arrived, message => message.Contains("Subject: signed", StringComparison.Ordinal)), "Received: from client.test");
        var kept = Assert.Single(arrived, message => message.Contains("Subject: forwarded", StringComparison.Ordinal));
        var forwarded = AsSent(kept, "Delivered-To: away@example.test");

        await using var judgesNames = await NameServer.StartAsync(new()
        {
            ["example.test"] = $"@ IN TXT \"v=spf1 ip4:{Client} -all\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"\n"
                + string.Join('\n', records.Select(record => $"{record.Name}. IN TXT {Quoted(record.Text)}")),
            ["else.test"] = $"s._domainkey IN TXT {Quoted(Theirs.Key.DnsRecord)}\n_dmarc IN TXT \"v=DMARC1; p=reject\"",
        });
        await using var rspamd = await RspamdServer.StartAsync(judgesNames.Address);
        var ofSigned = await rspamd.JudgeAsync(Encoding.Latin1.GetBytes(signed), Client, "alice@example.test");
        Assert.Equal(["DMARC_POLICY_ALLOW", "R_DKIM_ALLOW", "R_SPF_ALLOW"], ofSigned.Intersect(["DMARC_POLICY_ALLOW", "R_DKIM_ALLOW", "R_SPF_ALLOW", "R_DKIM_REJECT", "R_DKIM_PERMFAIL"]));
        var sender = ReturnPath().Match(kept).Groups[1].Value;
        Assert.Matches("^SRS0=.*=else\\.test=x@example\\.test$", sender);
        var ofForwarded = await rspamd.JudgeAsync(Encoding.Latin1.GetBytes(forwarded), Client, sender);
        Assert.Equal(
            ["ARC_ALLOW", "DMARC_POLICY_ALLOW", "R_DKIM_ALLOW", "R_SPF_ALLOW"],
            ofForwarded.Intersect(["ARC_ALLOW", "DMARC_POLICY_ALLOW", "R_DKIM_ALLOW", "R_SPF_ALLOW", "ARC_REJECT", "ARC_INVALID", "R_DKIM_REJECT"]));
        var ofChanged = await rspamd.JudgeAsync(Encoding.Latin1.GetBytes(forwarded.Replace("\r\nbody", "\r\nBody", StringComparison.Ordinal)), "192.0.2.1", sender);
        Assert.Equal(["ARC_REJECT", "DMARC_POLICY_REJECT", "R_DKIM_REJECT"], ofChanged.Intersect(["ARC_ALLOW", "ARC_REJECT", "R_DKIM_ALLOW", "R_DKIM_REJECT", "DMARC_POLICY_ALLOW", "DMARC_POLICY_REJECT"]));

        Assert.Contains("dkim=pass (2048-bit key)", await OpenDkimAsync(signed, records[0].Name, records[0].Text), StringComparison.Ordinal);
        Assert.Contains("dkim=fail", await OpenDkimAsync(signed.Replace("na\u00efve", "naive", StringComparison.Ordinal), records[0].Name, records[0].Text), StringComparison.Ordinal);
    }

    private static async Task BringAsync(LocalSystem system, string text)
    {
        using var file = Mail.File(text);
        await Tool.SucceedAsync("curl",
            ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "x@else.test", "--mail-rcpt", "away@example.test", "-T", file.Path]);
    }

    // Postfix keeps lines with a line feed alone, and puts its own fields on top.
    private static string AsSent(string kept, string first)
    {
        var text = kept.Replace("\n", "\r\n", StringComparison.Ordinal);
        return text[text.IndexOf(first, StringComparison.Ordinal)..];
    }

    [GeneratedRegex("^Return-Path: <(.*)>")]
    private static partial Regex ReturnPath();

    private static string Signed(string text)
    {
        using var digest = new MessageDigest(DigestPurpose.Sign);
        digest.Pass(Encoding.Latin1.GetBytes(text));
        digest.Complete();
        return Encoding.Latin1.GetString(new DkimSigner(TimeProvider.System).Sign(digest, [Theirs])) + text;
    }

    private static string Quoted(string text) => string.Join(' ', text.Chunk(250).Select(piece => $"\"{new string(piece)}\""));

    private static async Task<string> OpenDkimAsync(string message, string name, string record)
    {
        var opendkim = Tool.Require("opendkim");
        var folder = Directory.CreateTempSubdirectory("opendkim-");
        try
        {
            await File.WriteAllBytesAsync($"{folder}/message.eml", Encoding.Latin1.GetBytes(message));
            await File.WriteAllTextAsync($"{folder}/dns", $"{name} {record}\n");
            await File.WriteAllTextAsync($"{folder}/conf", $"Mode v\nTestDNSData {folder}/dns\nUserID root\n");
            return (await Tool.SucceedAsync(opendkim, ["-x", $"{folder}/conf", "-vv", "-t", $"{folder}/message.eml"])).Text;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
