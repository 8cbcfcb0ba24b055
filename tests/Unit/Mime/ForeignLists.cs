// Addresses and parameters by others: isemail's verdicts for SMTP, and the header lists of Jakarta Mail.
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailFunctions.Mail;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed partial class ForeignLists
{
    [Fact]
    public void UN_04_isemails_verdicts_for_SMTP_are_ours()
    {
        var different = new List<string>();
        var details = new List<string>();
        using var rows = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Testdata.Require("addr-isemail"), "tests.json")));
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            var isTaken = row.GetProperty("category").GetString() is "ISEMAIL_VALID_CATEGORY" or "ISEMAIL_RFC5321" or "ISEMAIL_DNSWARN";
            if (isTaken == EmailAddress.TryParse(row.GetProperty("address").GetString()!, out _))
                continue;
            different.Add(row.GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture));
            details.Add(row.GetRawText());
        }
        LeftOut.Covers("addr-isemail smtp", different, details);
    }

    [Fact]
    public void Jakartas_parameters_are_read_as_there()
    {
        var different = new List<string>();
        var details = new List<string>();
        foreach (var (number, field, expected) in Blocks("paramdata", "Content-Type:"))
        {
            if (expected is null)
                continue;
            var defects = Defects.None;
            var read = ContentType.Read(HeaderText.Unfold(Encoding.UTF8.GetBytes($"{field}\r\n")), ref defects).Parameters.All
                .Select(parameter => $"{parameter.Name.ToLowerInvariant()}={parameter.Value}").Order(StringComparer.Ordinal).ToList();
            if (read.SequenceEqual(expected.Select(text => text[..text.IndexOf('=', StringComparison.Ordinal)].ToLowerInvariant() + text[text.IndexOf('=', StringComparison.Ordinal)..]).Order(StringComparer.Ordinal)))
                continue;
            different.Add(number);
            details.Add($"{number}: {field} -> {string.Join(" | ", read)}, there {string.Join(" | ", expected)}");
        }
        LeftOut.Covers("addr-jakarta paramdata", different, details);
    }

    [Fact]
    public void Of_Jakartas_address_lists_as_many_addresses_are_read_as_there()
    {
        var different = new List<string>();
        var details = new List<string>();
        foreach (var (number, field, expected) in Blocks("addrlist", "To:"))
        {
            var list = AddressList.Read(HeaderText.Unfold(Encoding.UTF8.GetBytes($"{field}\r\n")));
            var isSame = expected is null ? list.Defects.HasFlag(Defects.MalformedAddress) || list.Entries.Count != 1 : list.Entries.Count == expected.Count;
            if (isSame)
                continue;
            different.Add(number);
            details.Add($"{number}: {field} -> {list.Entries.Count} {list.Defects} {list.Print()}, there {(expected is null ? "refused" : string.Join(" | ", expected))}");
        }
        LeftOut.Covers("addr-jakarta addrlist", different, details);
    }

    // Fields with their continuation lines, and what is expected of them: null for an exception.
    private static List<(string Number, string Field, List<string>? Expected)> Blocks(string file, string name)
    {
        var blocks = new List<(string, string, List<string>?)>();
        var lines = File.ReadAllLines(Path.Combine(Testdata.Require("addr-jakarta"), file));
        for (var i = Array.FindIndex(lines, line => line.StartsWith("From start here", StringComparison.Ordinal)); i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(name, StringComparison.Ordinal))
                continue;
            var start = i;
            var field = new StringBuilder(lines[i][name.Length..]);
            for (; i + 1 < lines.Length && lines[i + 1] is [' ' or '\t', ..]; i++)
                field.Append("\r\n").Append(lines[i + 1]);
            if (i + 1 >= lines.Length || !lines[i + 1].StartsWith("Expect: ", StringComparison.Ordinal))
                continue;
            var said = lines[++i]["Expect: ".Length..];
            var expected = new List<string>();
            for (; i + 1 < lines.Length && lines[i + 1] is ['\t', ..]; i++)
                expected.Add(Escape().Replace(lines[i + 1][1..], match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString()));
            blocks.Add(((start + 1).ToString(CultureInfo.InvariantCulture), field.ToString(), said.StartsWith("Exception", StringComparison.Ordinal) ? null : expected));
        }
        Assert.NotEmpty(blocks);
        return blocks;
    }

    [GeneratedRegex(@"\\u([0-9a-f]{4})")]
    private static partial Regex Escape();
}
