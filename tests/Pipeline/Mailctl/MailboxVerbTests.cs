// mailctl mailbox ...
using System.Buffers;
using System.Text;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Mailboxes;
using MailFunctions.Mime.Summaries;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class MailboxVerbTests(AzuriteServer azurite) : IDisposable
{
    private static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");

    private readonly Operator _person = new(azurite.FreshAccount());
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        _person.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_mailbox_is_listed_by_its_summaries_the_newest_first()
    {
        await _person.SetUpAsync("alice");
        await DeliverAsync("From: Bob \u001b[2J<bob@far.test>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nfirst\r\n", summed: true);
        await DeliverAsync("From: x@far.test\r\n\r\nof before there were summaries\r\n", summed: false);

        var lines = (await _person.DoAsync("mailbox list alice@example.test")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"\?  +\?", lines[1]);
        Assert.Contains("bob@far.test", lines[2], StringComparison.Ordinal);
        Assert.Contains("Gr\u00fc\u00dfe", lines[2], StringComparison.Ordinal);
        var report = JsonDocument.Parse(await _person.DoAsync("mailbox list alice@example.test --limit 1 --json")).RootElement;
        Assert.Equal(2, report.GetProperty("messages").GetInt32());
        Assert.Equal(JsonValueKind.Null, Assert.Single(report.GetProperty("newest").EnumerateArray()).GetProperty("summary").ValueKind);
    }

    [Fact]
    public async Task A_message_is_printed_octet_for_octet()
    {
        await _person.SetUpAsync("alice");
        var id = await DeliverAsync("Subject: \u00e4\r\n\r\n.\r\n", summed: false);
        var said = await _person.RunAsync($"mailbox show alice@example.test {id}");
        Assert.Equal((ExitCode.Done, "Subject: \u00e4\r\n\r\n.\r\n"), (said.Code, Encoding.Latin1.GetString(said.Octets)));
    }

    [Theory]
    [InlineData("mbox")]
    [InlineData("maildir")]
    public async Task What_was_exported_can_be_imported_and_is_the_same_and_single(string form)
    {
        await _person.SetUpAsync("alice", "bob");
        var messages = new[]
        {
            "From: a@far.test\r\nSubject: one\r\n\r\nFrom here\r\n>From there\r\n\r\nFrom \r\n>>>x\r\n",
            "From: b@far.test\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\n\r\n\r\n\r\n",
            "From: c@far.test\r\n\r\n" + string.Concat(Enumerable.Repeat("a line of some length that is repeated\r\n", 60_000)),
        };
        foreach (var message in messages)
            await DeliverAsync(message, summed: true);

        await _person.DoAsync($"mailbox export alice@example.test --{form} {_folder}/out");
        Assert.Contains("3 messages imported", await _person.DoAsync($"mailbox import bob@example.test --{form} {_folder}/out"), StringComparison.Ordinal);
        Assert.Contains("0 messages imported", await _person.DoAsync($"mailbox import bob@example.test --{form} {_folder}/out"), StringComparison.Ordinal);
        Assert.Equal(messages.Order(StringComparer.Ordinal), (await ContentsAsync("bob@example.test")).Order(StringComparer.Ordinal));
        var listed = JsonDocument.Parse(await _person.DoAsync("mailbox list bob@example.test --json")).RootElement.GetProperty("newest").EnumerateArray();
        Assert.Equal(["a@far.test", "b@far.test", "c@far.test"], listed.Select(copy => copy.GetProperty("summary").GetProperty("from")[0].GetProperty("address").GetString()!).Order());
        if (form == "maildir")
            Assert.Contains("0 messages exported", await _person.DoAsync($"mailbox export alice@example.test --maildir {_folder}/out"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mailbox list nobody@example.test", nameof(ExitCode.Refused), "nobody@example.test is no account of ours")]
    [InlineData("mailbox list alice@example.test --limit 0", nameof(ExitCode.Misuse), "--limit must be 1 or more.")]
    [InlineData("mailbox show alice@example.test 019c0000000070008000000000000000", nameof(ExitCode.Refused), "is not in the mailbox of alice@example.test")]
    [InlineData("mailbox export alice@example.test", nameof(ExitCode.Misuse), "Say where to")]
    [InlineData("mailbox export alice@example.test --mbox a --maildir b", nameof(ExitCode.Misuse), "Say where to")]
    [InlineData("mailbox import alice@example.test --mbox /nowhere/x.mbox", nameof(ExitCode.Refused), "/nowhere/x.mbox")]
    [InlineData("mailbox import alice@example.test --maildir /nowhere", nameof(ExitCode.Refused), "/nowhere is no folder.")]
    [InlineData("mailbox import alice@example.test --mbox /proc/self/cmdline", nameof(ExitCode.Refused), "it does not begin with 'From '")]
    public async Task What_cannot_be_done_is_refused(string arguments, string code, string told)
    {
        await _person.SetUpAsync("alice");
        var said = await _person.RunAsync(arguments);
        Assert.Equal(code, said.Code.ToString());
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Empty(await ContentsAsync("alice@example.test"));
    }

    [Fact]
    public async Task A_message_of_no_octets_is_left_out()
    {
        await _person.SetUpAsync("alice");
        await File.WriteAllTextAsync($"{_folder}/x.mbox", "From a\n");
        Assert.Contains("0 messages imported", await _person.DoAsync($"mailbox import alice@example.test --mbox {_folder}/x.mbox"), StringComparison.Ordinal);
        Assert.Empty(await _person.Stores.Mailboxes.ListAsync(Alice, CancellationToken.None).ToListAsync());
    }

    public static TheoryData<string, string, string> Lines => new()
    {
        { "a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n" },
        { "a\r\nb\r\n", "a\r\nb\r\n", "a\r\nb\r\n" },
        { "a\rb\r\r\n", "a\r\nb\r\n\r\n", "a\r\nb\r\n\r\n" },
        { "no end", "no end", "no end" },
        { ">From x\n>>From x\n>Fro\n>\n> From\n", "From x\r\n>From x\r\n>Fro\r\n>\r\n> From\r\n", ">From x\r\n>>From x\r\n>Fro\r\n>\r\n> From\r\n" },
        { "x>From \nFrom y\n>From", "x>From \r\nFrom y\r\n>From", "x>From \r\nFrom y\r\n>From" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_ends_and_marks_are_read_the_same_wherever_the_file_is_cut(string text, string ofMbox, string ofFile)
    {
        for (var cut = 0; cut <= text.Length; cut++)
        {
            foreach (var (isMbox, expected) in new[] { (true, ofMbox), (false, ofFile) })
            {
                var output = new ArrayBufferWriter<byte>();
                var lines = new MboxLines(isMbox);
                lines.Write(Encoding.Latin1.GetBytes(text[..cut]), output);
                lines.Write(Encoding.Latin1.GetBytes(text[cut..]), output);
                lines.End(output);
                Assert.Equal(expected, Encoding.Latin1.GetString(output.WrittenSpan));
            }
        }
    }

    [Theory]
    [InlineData("From a\nX: y\n\nbody\n\nFrom b\nZ: w\n\n", "X: y\n\nbody\n|Z: w\n")]
    [InlineData("From a\nX: y\n\nFrom the middle\n\nFrom b\n\n", "X: y\n|the middle is lost?|")]
    [InlineData("From a\nX: y\nFrom b\n", "X: y\nFrom b\n")]
    [InlineData("From a\r\nX: y\r\n\r\nFrom b\r\nZ: w", "X: y\r\n|Z: w")]
    [InlineData("From a\n", "")]
    [InlineData("", null)]
    public async Task The_messages_of_an_mbox_are_found(string text, string? expected)
    {
        var found = new List<string>();
        await foreach (var (start, length) in MboxMessages.FindAsync(new MemoryStream(Encoding.Latin1.GetBytes(text)), CancellationToken.None))
            found.Add(text.Substring((int)start, (int)length));
        if (expected?.Contains("lost?", StringComparison.Ordinal) == true)
            Assert.Equal(["X: y\n", "", ""], found); // a line like that in a text is a separator: that is what the quoting is for
        else
            Assert.Equal(expected?.Split('|') ?? [], found);
    }

    private async Task<SpoolId> DeliverAsync(string message, bool summed)
    {
        var id = SpoolId.New(TimeProvider.System);
        var octets = Encoding.Latin1.GetBytes(message);
        var reader = new MessageSummaryReader();
        reader.Pass(octets);
        await _person.Stores.Mailboxes.DeliverAsync(
            Alice, id, ReadOnlyMemory<byte>.Empty, octets, summed ? CopySummary.Of(reader.Complete()).ToText() : null, CancellationToken.None);
        return id;
    }

    private async Task<List<string>> ContentsAsync(string account)
    {
        var contents = new List<string>();
        await foreach (var entry in _person.Stores.Mailboxes.ListAsync(EmailAddress.Parse(account), CancellationToken.None))
        {
            await using var copy = (await _person.Stores.Mailboxes.OpenAsync(EmailAddress.Parse(account), entry.Uid, CancellationToken.None))!;
            using var memory = new MemoryStream();
            await copy.CopyToAsync(memory);
            contents.Add(Encoding.Latin1.GetString(memory.ToArray()));
        }
        return contents;
    }
}
