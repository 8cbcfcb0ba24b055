// Each copy has its summary, made with the write that makes the copy.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mime.Summaries;

namespace MailFunctions.Pipeline.Functions;

public sealed class SummaryTests : IAsyncDisposable
{
    private readonly RelayRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData(10)]
    [InlineData(3 * PipelineRig.Block)] // copied in blocks
    public async Task A_copy_has_the_summary_of_its_message_whatever_its_size(int length)
    {
        var message = "From: Bob <bob@far.test>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n"
            + "hello  there\r\n--x\r\nContent-Type: image/png; name=a.png\r\n\r\n" + new string('x', length) + "\r\n--x--\r\n";
        var id = _rig.Submit(EmailAddress.Parse("bob@far.test"), ["alice@example.test", "bob@example.test"], content: Encoding.Latin1.GetBytes(message));
        await _rig.RunToRestAsync();

        foreach (var account in new[] { EmailAddress.Parse("alice@example.test"), EmailAddress.Parse("bob@example.test") })
        {
            var entries = new List<MailFunctions.Mail.Stores.DescribedEntry>();
            await foreach (var entry in _rig.Stores.Mailboxes.ListDescribedAsync(account, CancellationToken.None))
                entries.Add(entry);
            var described = Assert.Single(entries, entry => entry.Entry.Uid == id);
            var summary = CopySummary.Read(described.Summary)!;
            Assert.Equal(("bob@far.test", "Bob", "Gr\u00fc\u00dfe", "hello there", true), (summary.From[0].Address, summary.From[0].Name, summary.Subject, summary.Preview, summary.IsAutomatic));
            Assert.Equal(new CopyAttachment("a.png", "image/png", length), Assert.Single(summary.Attachments));
        }
    }

    [Fact]
    public void A_summary_keeps_within_its_room_whatever_is_in_the_message()
    {
        var addresses = string.Join(", ", Enumerable.Range(0, 200).Select(number => $"{new string('\u4e2d', 60)} <{new string('a', 60)}@{new string('d', 60)}{number}.test>"));
        var reader = new MessageSummaryReader();
        reader.Pass(Encoding.UTF8.GetBytes(
            $"From: {addresses}\r\nTo: {addresses}\r\nSubject: {new string('\u4e2d', 900)}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{new string('\u4e2d', 900)}\r\n"
                + string.Concat(Enumerable.Range(0, 300).Select(_ => $"--x\r\nContent-Type: image/png; name=\"{new string('\u4e2d', 300)}\"\r\n\r\ny\r\n"))));
        var text = CopySummary.Of(reader.Complete()).ToText();

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 100, CopySummary.MaxOctets);
        Assert.Equal(300, CopySummary.Read(text)!.AttachmentCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void What_is_no_summary_is_read_as_none(string? text) => Assert.Null(CopySummary.Read(text));
}
