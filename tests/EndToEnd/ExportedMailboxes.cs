// A large mailbox, exported by the operator and read by programs that know nothing of us.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.EndToEnd;

public sealed class ExportedMailboxes(SharedSystem shared)
{
    private const int Messages = 5_000;

    [Fact]
    public async Task Five_thousand_messages_are_exported_and_read_by_Python_and_mutt()
    {
        Tool.Require("python3");
        Tool.Require("mutt");
        var folder = Directory.CreateTempSubdirectory("export-");
        using (var stores = MailStores.Open(new StorageOptions { Storage = shared.System.Storage }, "Development"))
        {
            await Parallel.ForEachAsync(Enumerable.Range(1, Messages), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancel) =>
            {
                var message = $"From: x@far.test\r\nSubject: number {number}\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <{number}@far.test>\r\n\r\nFrom me\r\n\r\nFrom {number}\r\n.\r\n";
                await stores.Mailboxes.DeliverAsync(
                    EmailAddress.Parse("u19@example.test"), SpoolId.New(TimeProvider.System), "Return-Path: <x@far.test>\r\n"u8.ToArray(), Encoding.ASCII.GetBytes(message), null, cancel);
            });
        }
        foreach (var option in new[] { "--mbox", "--maildir" })
        {
            var said = await Mailctl.RunAsync(shared.System, "mailbox", "export", "u19@example.test", option, $"{folder}/{option[2..]}");
            Assert.True(said.ExitCode == 0 && said.Text.Contains($"{Messages} messages exported", StringComparison.Ordinal), said.Text + said.Errors);
        }

        var python = await Tool.SucceedAsync("python3", ["-c", """
            import mailbox, sys
            for box in (mailbox.mbox(sys.argv[1] + '/mbox'), mailbox.Maildir(sys.argv[1] + '/maildir')):
                numbers = sorted(int(message['Subject'].split()[1]) for message in box)
                assert numbers == list(range(1, 5001)), len(numbers)
                assert all('From me' in message.get_payload() for message in box)
            print('read')
            """, folder.FullName]);
        Assert.Equal("read", python.Text.Trim());

        foreach (var form in new[] { "mbox", "maildir" })
        {
            await File.WriteAllTextAsync(
                $"{folder}/muttrc", $"set folder={folder} pipe_split=no pipe_decode=no wait_key=no quit=yes mark_old=no\npush \"<tag-pattern>~A<enter><tag-prefix><pipe-message>cat > {folder}/{form}.all<enter><exit>\"\n");
            await Tool.SucceedAsync( // mutt wants a terminal
                "script", ["-qec", $"mutt -n -R -F {folder}/muttrc -f {folder}/{form}", "/dev/null"], environment: new() { ["HOME"] = folder.FullName, ["TERM"] = "vt100" });
            var numbers = File.ReadLines($"{folder}/{form}.all", Encoding.Latin1).Where(line => line.StartsWith("Subject: number ", StringComparison.Ordinal))
                .Select(line => int.Parse(line["Subject: number ".Length..], CultureInfo.InvariantCulture)).Order();
            Assert.Equal(Enumerable.Range(1, Messages), numbers);
        }
        folder.Delete(recursive: true);
    }
}
