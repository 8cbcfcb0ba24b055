// The mbox form of a message, whole and cut at every octet.
using System.Buffers;
using System.Text;
using MailFunctions.Mailctl.Accounts;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class MboxrdTests
{
    // A message, and what stands in the file for it.
    public static TheoryData<string, string> Rows => new()
    {
        { "a\r\n", "a\n\n" },
        { "a\r\nb\r\n\r\nc\r\n", "a\nb\n\nc\n\n" },
        { "", "\n" },
        { "\r\n", "\n\n" },
        { "no end", "no end\n\n" },
        { "From a\r\n", ">From a\n\n" },
        { "From ", ">From \n\n" },
        { "From", "From\n\n" },
        { "Fro\r\nFrom\r\nFromage\r\n", "Fro\nFrom\nFromage\n\n" },
        { "FFrom x\r\nfrom x\r\n From x\r\nx From y\r\n", "FFrom x\nfrom x\n From x\nx From y\n\n" },
        { ">From a\r\n>>>From b\r\n", ">>From a\n>>>>From b\n\n" },
        { "> From a\r\n>Fro\r\n>\r\n>>", "> From a\n>Fro\n>\n>>\n\n" },
        { "a\r\n>F>From b\r\n", "a\n>F>From b\n\n" },
        { "From From a\r\nFrom \r\nFrom b", ">From From a\n>From \n>From b\n\n" },
        // Not in our mail, which has no bare CR or LF; nothing of it is lost all the same.
        { "a\rFrom b\nFrom c\n", "a\rFrom b\n>From c\n\n" },
        { "a\r\r\nFrom b\r", "a\r\n>From b\r\n\n" },
        { "\r", "\r\n\n" },
        { "é\r\nFröm x\r\n", "é\nFröm x\n\n" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_message_is_written_the_same_however_its_octets_come(string message, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(message);
        Assert.Equal(expected, Encode(octets));
        Assert.Equal(expected, Encode([.. octets.Select(octet => new[] { octet })]));
        for (var cut = 0; cut <= octets.Length; cut++)
            Assert.Equal(expected, Encode(octets[..cut], octets[cut..]));
    }

    [Fact]
    public async Task A_message_larger_than_every_buffer_is_written_exactly()
    {
        var folder = Directory.CreateTempSubdirectory("mailctl-").FullName;
        try
        {
            var line = Encoding.ASCII.GetBytes("From the beginning of a line that is quoted\r\n");
            var message = Enumerable.Repeat(line, 50_000).SelectMany(part => part).ToArray();
            string path;
            await using (var file = MboxFile.Create(folder, Mail.EmailAddress.Parse("a@b.test")))
            {
                path = file.Path;
                await file.AppendAsync(DateTimeOffset.UnixEpoch, new MemoryStream(message), CancellationToken.None);
                await file.FinishAsync(CancellationToken.None);
            }

            var lines = await File.ReadAllLinesAsync(path);
            Assert.Equal("From MAILER-DAEMON Thu Jan  1 00:00:00 1970", lines[0]);
            Assert.Equal(50_002, lines.Length);
            Assert.All(lines[1..^1], text => Assert.Equal(">From the beginning of a line that is quoted", text));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_message_that_breaks_off_leaves_no_file()
    {
        var folder = Directory.CreateTempSubdirectory("mailctl-").FullName;
        try
        {
            await using (var file = MboxFile.Create(folder, Mail.EmailAddress.Parse("a@b.test")))
                await Assert.ThrowsAsync<IOException>(() => file.AppendAsync(DateTimeOffset.UnixEpoch, new BrokenStream(), CancellationToken.None));
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Encode(params byte[][] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new MboxrdEncoder();
        foreach (var piece in pieces)
            encoder.Write(piece, output);
        encoder.End(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    // Gives some octets, then the end of the connection.
    private sealed class BrokenStream() : MemoryStream(new byte[100_000])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var count ? count : throw new IOException("broken");
    }
}
