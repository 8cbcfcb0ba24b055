// Rows of address lists: isemail's verdicts for header fields, ours, and what is printed is read back.
using System.Text.Json;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class AddressLists
{
    [Fact]
    public void UN_04_isemails_verdicts_for_header_fields_are_ours()
    {
        var different = new List<string>();
        var details = new List<string>();
        using var rows = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Testdata.Require("addr-isemail"), "tests.json")));
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            var list = AddressList.Read(row.GetProperty("address").GetString()!);
            var isRefused = row.GetProperty("category").GetString() == "ISEMAIL_ERR";
            if (isRefused != (list.Defects.HasFlag(Defects.MalformedAddress) || list.Entries.Count != 1))
            {
                different.Add(row.GetProperty("id").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture));
                details.Add($"{row.GetRawText()} {list.Defects} {list.Print()}");
            }
        }
        LeftOut.Covers("addr-isemail", different, details);
    }

    [Theory]
    [InlineData("mailbox_valid", true)]
    [InlineData("abridged_localpart_valid", true)]
    [InlineData("mailbox_invalid", false)]
    [InlineData("abridged_localpart_invalid", false)]
    public void UN_04_flankers_verdicts_are_ours(string file, bool isValid)
    {
        var different = new List<string>();
        var details = new List<string>();
        var lines = File.ReadAllLines(Path.Combine(Testdata.Require("mime-flanker"), "addresses", $"{file}.txt"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
                continue;
            var text = file.Contains("localpart", StringComparison.Ordinal) ? $"{lines[i]}@example.test" : lines[i];
            var list = AddressList.Read(text);
            if (isValid == (list.Entries.Count == 1 && !list.Defects.HasFlag(Defects.MalformedAddress)))
                continue;
            different.Add($"{i + 1}");
            details.Add($"{i + 1} {text} | {list.Defects} {list.Print()}");
        }
        LeftOut.Covers($"mime-flanker/{file}", different, details);
    }

    [Theory]
    [InlineData("<>", "<>")]
    [InlineData("Mail Delivery System <>, a@b.test", "Mail Delivery System <>,\r\n a@b.test")]
    [InlineData("\"\"@b.test", "\"\"@b.test")]
    public void An_address_that_is_none_is_printed_as_it_was(string text, string printed)
    {
        var list = AddressList.Read(text);
        Assert.Equal(printed, list.Print());
        Assert.Equal(list.Entries, AddressList.Read(list.Print()).Entries);
    }

    [Theory]
    [InlineData("a@b.test", "|a|b.test")]
    [InlineData("A B <a@b.test>", "A B|a|b.test")]
    [InlineData("\"B, A\" <a@b.test>, <c@d.test> (C D)", "B, A|a|b.test C D|c|d.test")]
    [InlineData("a@b.test (A B)", "A B|a|b.test")]
    [InlineData("g: a@b.test, C <c@d.test>;, e@f.test", "|a|b.test C|c|d.test |e|f.test")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("<@x.test,@y.test:a@b.test>", "|a|b.test")]
    [InlineData("a . b @ c . test", "|a.b|c.test")]
    [InlineData("\"a b\"@c.test", "|a b|c.test")]
    [InlineData("=?utf-8?q?J=C3=BCrgen,_?= =?utf-8?q?X?= <j@x.test>", "J\u00fcrgen, X|j|x.test")]
    [InlineData("=?utf-8?q?a=0D=0ABcc:_x@y?= <a@b.test>", "a\ufffd\ufffdBcc: x@y|a|b.test")] // INJ-04
    [InlineData("J\u00fcrgen <j\u00fc@x\u00fc.test>", "J\u00fcrgen|j\u00fc|x\u00fc.test")]
    [InlineData("a@[192.0.2.1]", "|a|[192.0.2.1]")]
    public void Mailboxes_are_found(string text, string expected)
    {
        var list = AddressList.Read(text);
        Assert.Equal(Defects.None, list.Defects & Defects.MalformedAddress);
        Assert.Equal(expected, string.Join(' ', list.Mailboxes.Select(one => $"{one.Name}|{one.LocalPart}|{one.Domain}")));
    }
}
