// Reads our delivery reports with mutt, as the person does who gets one.
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class ReportsReadByMutt
{
    [Theory]
    [InlineData("failed", "Reporting-MTA: dns; mail.example.test|Final-Recipient: rfc822; bob@far.test|Action: failed|Status: 5.1.1|Final-Recipient: rfc822; \"carol c\"@slow.test", "At one?")]
    [InlineData("delayed", "Final-Recipient: rfc822; \"carol c\"@slow.test|Action: delayed|Status: 4.4.1", "Subject: Lunch")]
    [InlineData("hostile", "Final-Recipient: rfc822; bob@far.test|Action: failed|Status: 5.1.1", "Message-ID: <a b>")]
    public async Task A_report_is_shown_as_a_text_for_people_the_fields_for_programs_and_the_message(string name, string fields, string returned)
    {
        Tool.Require("mutt");
        var folder = Directory.CreateTempSubdirectory("mutt-");
        var report = await File.ReadAllTextAsync(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Unit", "Mime", "Reports", $"{name}.eml"), Encoding.Latin1);
        await File.WriteAllTextAsync(
            $"{folder}/mbox", "From MAILER-DAEMON Tue Feb  3 12:00:00 2026\n" + report.Replace("\r\n", "\n", StringComparison.Ordinal) + "\n", Encoding.Latin1);
        // Each part goes, decoded as it is shown, into a file of its own.
        string[] parts = ["text", "status", "returned"];
        var keys = string.Join("<next-entry>", parts.Select(part => $"<pipe-entry>cat > {folder}/{part}<enter>"));
        await File.WriteAllTextAsync(
            $"{folder}/muttrc", $"set folder={folder} pipe_decode=yes wait_key=no quit=yes\npush \"<view-attachments>{keys}<exit><quit>\"\n");

        // mutt wants a terminal.
        await Tool.SucceedAsync(
            "script", ["-qec", $"mutt -n -R -F {folder}/muttrc -f {folder}/mbox", "/dev/null"],
            environment: new() { ["HOME"] = folder.FullName, ["TERM"] = "vt100" });

        var shown = parts.ToDictionary(part => part, part => File.ReadAllText($"{folder}/{part}", Encoding.Latin1));
        Assert.Contains("mail.example.test", shown["text"], StringComparison.Ordinal);
        Assert.DoesNotContain("Final-Recipient:", shown["text"], StringComparison.Ordinal);
        Assert.All(fields.Split('|'), field => Assert.Contains(field, shown["status"].Split('\n')));
        Assert.Contains(returned, shown["returned"], StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
