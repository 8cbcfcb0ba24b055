// Messages made to exhaust a reader: bounded structure, a defect, and work that grows as the message does.
using System.Buffers;
using System.Text;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;
using MailFunctions.Mime.Parts;
using MailFunctions.Mime.Summaries;

namespace MailFunctions.Unit.Mime;

public sealed class Bombs
{
    [Fact]
    public void LIM_03_a_million_header_fields_are_kept_to_the_limit_and_the_body_is_still_found()
    {
        var reader = new MimeReader();
        for (var i = 0; i < 1_000; i++)
            reader.Pass(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("A: b\r\n", 1_000))));
        reader.Pass("\r\nbody"u8);
        var root = reader.Complete().Root;
        Assert.Equal((MimeLimits.Fields, 4L), (root.Header.Count, root.BodyLength));
        Assert.True(root.Defects.HasFlag(Defects.TooManyFields));
    }

    [Fact]
    public void LIM_03_a_million_folded_lines_are_kept_to_the_limit_and_what_follows_is_no_field_of_another_name()
    {
        var reader = new MimeReader();
        reader.Pass("Received: a\r\n"u8);
        for (var i = 0; i < 1_000; i++)
            reader.Pass(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\tSubject: folded\r\n", 1_000))));
        reader.Pass("Subject: behind\r\n\r\nbody"u8);
        var root = reader.Complete().Root;
        Assert.True(root.Header.Octets.Length <= MimeLimits.HeaderOctets);
        Assert.Null(root.Header.Find("subject"u8));
        Assert.Equal((4L, true), (root.BodyLength, root.Defects.HasFlag(Defects.HeaderTooLarge)));
    }

    [Fact]
    public void LIM_04_100k_nested_multiparts_are_followed_to_depth_100()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
            text.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        var message = Read(text.ToString());
        Assert.Equal(MimeLimits.Depth, message.Parts.Max(part => part.Depth));
        Assert.True(message.Defects.HasFlag(Defects.TooDeep));
        Assert.True(message.Defects.IsAmbiguous());
    }

    [Fact]
    public void LIM_04_100k_messages_in_messages_are_followed_to_depth_100()
    {
        var message = Read(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 100_000)));
        Assert.Equal((MimeLimits.Depth, MimeLimits.Depth + 1), (message.Parts.Max(part => part.Depth), message.Parts.Count));
        Assert.True(message.Defects.HasFlag(Defects.TooDeep));
    }

    [Fact]
    public void LIM_04_10k_parts_are_told_apart_to_the_thousandth()
    {
        var text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", 10_000)) + "--b--\r\n";
        var message = Read(text);
        Assert.Equal(MimeLimits.Parts, message.Parts.Count);
        Assert.True(message.Defects.HasFlag(Defects.TooManyParts) && message.Defects.IsAmbiguous());
        Assert.Equal(1, message.Parts[^1].BodyLength);
    }

    [Fact]
    public void LIM_04_100k_addresses_are_read_to_the_limit()
    {
        var list = AddressList.Read(string.Concat(Enumerable.Repeat("a@b.test,", 100_000)));
        Assert.Equal((MimeLimits.Addresses, Defects.TooManyAddresses), (list.Entries.Count, list.Defects & Defects.TooManyAddresses));
        list = AddressList.Read("g:" + string.Concat(Enumerable.Repeat("a@b.test,", 100_000)) + ";");
        Assert.True(list.Mailboxes.Count() <= MimeLimits.Addresses && list.Defects.HasFlag(Defects.TooManyAddresses));
    }

    [Fact]
    public void LIM_04_100k_parameters_are_read_to_the_limit()
    {
        var defects = Defects.None;
        var text = new StringBuilder("text/plain");
        for (var i = 0; i < 100_000; i++)
            text.Append($"; name*{i}*=a");
        var type = ContentType.Read(text.ToString(), ref defects);
        Assert.Equal((MimeLimits.Parameters, Defects.TooManyParameters), (type.Parameters["name"]!.Length, defects));
    }

    // Shapes that make a careless reader go over the same octets again and again.
    public static TheoryData<string, string> Shapes => new()
    {
        { "boundaries that never end", "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n" },
        { "hyphens", "-" },
        { "blank lines", "\n" },
        { "returns", "\r" },
        { "spaces", " " },
        { "equals signs and spaces", "= " },
        { "tags", "<a" },
        { "styles", "<style>" },
        { "ampersands", "&" },
        { "encoded words", "=?utf-8?q?" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LIM_05_twice_the_message_is_at_most_about_twice_the_memory_allotted(string name, string unit)
    {
        Assert.NotEmpty(name);
        const string Header = "Subject: x\nContent-Type: multipart/mixed; boundary=bbbb\n\n--bbbb\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n";
        var once = AllottedFor(Header, unit, 100_000);
        var twice = AllottedFor(Header, unit, 200_000);
        Assert.True(twice <= (2 * once) + 200_000, $"{once} octets, then {twice}");
        Assert.True(twice < 4 * (Header.Length + (200_000 * unit.Length)) + 2_000_000, $"{twice} octets");
    }

    public static TheoryData<string, string> Values => new()
    {
        { "", "=?utf-8?q?" },
        { "", "=?utf-8?q?a" },
        { "", "=?x?q?a?= " },
        { "", "=?utf-8?q?a?= " },
        { "", "(" },
        { "", "()" },
        { "", "\"" },
        { "", "<" },
        { "", ":" },
        { "a@", ":" },
        { "", "a@" },
        { "", "\\" },
        { "", "." },
        { "", ";" },
        { "", "[" },
        { "a/b;", "a=b " },
        { "a/b;", "=" },
        { "a/b;n=", "a (" },
        { "a/b;n=", "a b" },
        { "a/b;n=a", " " }, // a parameter was once looked for behind the spaces from each of them
        { "a/b;n=a", " (" },
        { "a/b;n=", " abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz" },
        { "", "=?=?utf-8?" },
        { "", " =?" },
        { "", "1-a" },
        { "1 Jul 2026 12:00", "a-" },
        { "", "\r\n " },
        { "a/b;", "a*" },
    };

    // Each character may be looked at a few times, however long the value is: by every test that it fails, and once more when it is taken.
    [Theory]
    [MemberData(nameof(Values))]
    public void LIM_05_every_character_of_a_field_is_looked_at_a_bounded_number_of_times(string start, string unit)
    {
        const int Most = 12;
        var text = start + string.Concat(Enumerable.Repeat(unit, 200_000 / unit.Length));
        var words = new EncodedWordReading(text);
        words.DecodeAll();
        var addresses = new AddressReading(text);
        addresses.ReadAll();
        var tokens = new AddressTokens(text);
        while (tokens.Next().Kind != TokenKind.End)
            Assert.InRange(tokens.Looks, 0, Most * text.Length);
        var type = new FieldScanner(text);
        type.ReadType();
        while (type.TryReadParameter(out _, out _, out _))
            Assert.InRange(type.Looks, 0, Most * text.Length);
        var date = new MailDateReading(text);
        date.TryRead(out _);
        Assert.All([words.Looks, addresses.Looks, tokens.Looks, type.Looks, date.Looks], looks => Assert.InRange(looks, 0, Most * text.Length));
        Assert.InRange(type.Looks, text.Length, long.MaxValue); // it counts at all
    }

    [Fact]
    public void LIM_02_a_line_of_10_MB_is_content_and_not_kept()
    {
        var reader = new MessageSummaryReader();
        reader.Pass("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var piece = new byte[10_000];
        piece.AsSpan().Fill((byte)'-');
        for (var i = 0; i < 1_000; i++)
            reader.Pass(piece);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        reader.Pass("\r\n--b--\r\n"u8);
        Assert.Equal(Defects.None, reader.Complete().Defects);
    }

    private static long AllottedFor(string header, string unit, int count)
    {
        var octets = Encoding.ASCII.GetBytes(header + string.Concat(Enumerable.Repeat(unit, count)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new MessageSummaryReader();
        reader.Pass(octets);
        Assert.NotNull(reader.Complete());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static MimeMessage Read(string text) => MimeReader.Read(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text)));
}
