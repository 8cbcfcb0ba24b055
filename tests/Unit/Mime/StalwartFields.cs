// Stalwart's header fields: types with parameters, addresses, dates and text as its parser has them.
using System.Text;
using System.Text.Json;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class StalwartFields
{
    [Theory]
    [InlineData("address")]
    [InlineData("content_type")]
    [InlineData("date")]
    [InlineData("unstructured")]
    public void Fields_are_read_as_stalwart_reads_them(string kind)
    {
        using var rows = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Testdata.Require("mime-stalwart"), "headers", $"{kind}.json")));
        var different = new List<string>();
        var details = new List<string>();
        var number = 0;
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            var field = Encoding.UTF8.GetBytes(row.GetProperty("header").GetString()!);
            var expected = row.GetProperty("expected");
            var (theirs, ours) = kind switch
            {
                "address" => (Addresses(expected), Addresses(AddressList.Read(HeaderText.Unfold(field)))),
                "content_type" => (Type(expected), Type(HeaderText.Unfold(field))),
                "date" => (Date(expected), MailDate.TryParse(HeaderText.Unfold(field), out var date) ? Date(date) : "none"),
                _ => (OneSpace(expected.GetString()!), OneSpace(HeaderText.Read(field))),
            };
            number++;
            if (theirs == ours)
                continue;
            different.Add($"{number}");
            details.Add($"{number}: {row.GetProperty("header").GetRawText()}\n  {theirs}\n  {ours}");
        }
        Assert.True(number > 10);
        LeftOut.Covers($"mime-stalwart/{kind}", different, details);
    }

    // Stalwart has one space for a fold and what stands around it; we keep what is there (RFC 5322 2.2.3).
    private static string OneSpace(string text) => string.Join(' ', text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Addresses(JsonElement expected)
    {
        if (expected.ValueKind != JsonValueKind.Object)
            return "";
        return expected.TryGetProperty("List", out var list)
            ? string.Join(", ", list.EnumerateArray().Select(Mailbox))
            : string.Join(", ", expected.GetProperty("Group").EnumerateArray().Select(group => group.GetProperty("name").GetString() is { } name
                ? $"{name}: {string.Join(", ", group.GetProperty("addresses").EnumerateArray().Select(Mailbox))};"
                : string.Join(", ", group.GetProperty("addresses").EnumerateArray().Select(Mailbox))));
    }

    private static string Mailbox(JsonElement one) => $"{one.GetProperty("name").GetString()} <{one.GetProperty("address").GetString()}>";

    private static string Addresses(AddressList list) => string.Join(", ", list.Entries.Select(entry => entry switch
    {
        Address.Group group => $"{group.Name}: {string.Join(", ", group.Members.Select(Mailbox))};",
        Address.Mailbox mailbox => Mailbox(mailbox),
        _ => "",
    }));

    private static string Mailbox(Address.Mailbox one) => $"{one.Name} <{one.LocalPart}{(one.Domain.Length == 0 ? "" : $"@{one.Domain}")}>";

    private static string Type(JsonElement expected)
    {
        if (expected.ValueKind != JsonValueKind.Object)
            return "text/plain";
        IEnumerable<string> all = expected.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Array
            ? attributes.EnumerateArray().Select(one => $"; {one[0].GetString()}={one[1].GetString()}").Order(StringComparer.Ordinal)
            : [];
        var subtype = expected.TryGetProperty("c_subtype", out var said) ? said.GetString() : null;
        return $"{expected.GetProperty("c_type").GetString()}/{subtype}{string.Concat(all)}";
    }

    private static string Type(string value)
    {
        var defects = Defects.None;
        var type = ContentType.Read(value, ref defects);
        return type.MediaType + string.Concat(type.Parameters.All.Select(one => $"; {one.Name}={one.Value}").Order(StringComparer.Ordinal));
    }

    private static string Date(JsonElement expected)
    {
        if (expected.ValueKind != JsonValueKind.Object)
            return "none";
        int Number(string name) => expected.GetProperty(name).GetInt32();
        var east = new TimeSpan(Number("tz_hour"), Number("tz_minute"), 0);
        var local = new DateTime(Number("year"), Number("month"), Number("day"), Number("hour"), Number("minute"), Number("second"), DateTimeKind.Unspecified);
        return Date(new DateTimeOffset(local, expected.GetProperty("tz_before_gmt").GetBoolean() ? -east : east));
    }

    private static string Date(DateTimeOffset date) => date.ToString("yyyy-MM-dd HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture);
}
