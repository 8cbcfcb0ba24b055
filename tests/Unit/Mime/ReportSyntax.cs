// A second opinion on reports: reads them line by line, by the grammars of RFC 2046, RFC 3464 and RFC 6522, with none of the code that writes them.
using System.Globalization;
using System.Text;

namespace MailFunctions.Unit.Mime;

/// <summary>A part: its fields in order, unfolded, and its content.</summary>
internal sealed record ReportPart(IReadOnlyList<(string Name, string Value)> Fields, string Content)
{
    public string? this[string name] =>
        Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).SingleOrDefault();

    public string Type => (this["Content-Type"] ?? "text/plain").Split(';')[0].Trim().ToLowerInvariant();
}

internal static class ReportSyntax
{
    private static readonly string[] MessageFields = ["Original-Envelope-Id", "Reporting-MTA", "DSN-Gateway", "Received-From-MTA", "Arrival-Date"];

    private static readonly string[] RecipientFields =
    [
        "Original-Recipient", "Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code", "Last-Attempt-Date", "Final-Log-ID",
        "Will-Retry-Until",
    ];

    /// <summary>Reads a message into its header and, if it has a boundary, its parts. One character is one octet.</summary>
    public static (ReportPart Message, IReadOnlyList<ReportPart> Parts) Read(string text)
    {
        var message = ReadPart(text);
        var parts = new List<ReportPart>();
        if (Boundary(message["Content-Type"]) is not { } boundary)
            return (message, parts);
        var start = -1;
        var position = 0;
        while (position < message.Content.Length)
        {
            var end = message.Content.IndexOf("\r\n", position, StringComparison.Ordinal);
            var line = end < 0 ? message.Content[position..] : message.Content[position..end];
            if (line.TrimEnd() == $"--{boundary}" || line.TrimEnd() == $"--{boundary}--")
            {
                if (start >= 0)
                    parts.Add(ReadPart(message.Content[start..Math.Max(start, position - 2)])); // the line break belongs to the delimiter
                if (line.TrimEnd().EndsWith($"{boundary}--", StringComparison.Ordinal) || end < 0)
                    break;
                start = end + 2;
            }
            position = end < 0 ? message.Content.Length : end + 2;
        }
        return (message, parts);
    }

    /// <summary>The groups of fields of message/delivery-status: the first about the message, then one for each recipient.</summary>
    public static IReadOnlyList<ReportPart> Groups(ReportPart status)
    {
        Assert.EndsWith("\r\n", status.Content, StringComparison.Ordinal);
        return [.. status.Content[..^2].Split("\r\n\r\n").Select(group => ReadPart(group + "\r\n\r\n"))];
    }

    public static void CheckStatus(ReportPart status)
    {
        var groups = Groups(status);
        Assert.InRange(groups.Count, 2, int.MaxValue);
        CheckOrder(groups[0], MessageFields);
        CheckTyped(groups[0]["Reporting-MTA"]);
        CheckDate(groups[0]["Arrival-Date"]);
        foreach (var group in groups.Skip(1))
        {
            CheckOrder(group, RecipientFields);
            CheckTyped(group["Final-Recipient"]);
            Assert.Contains(group["Action"], (string[])["failed", "delayed", "delivered", "relayed", "expanded"]);
            var numbers = group["Status"]!.Split('.');
            Assert.Equal(3, numbers.Length);
            Assert.Contains(numbers[0], (string[])["2", "4", "5"]);
            Assert.All(numbers, number => Assert.InRange(int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture), 0, 999));
            foreach (var name in new[] { "Original-Recipient", "Remote-MTA", "Diagnostic-Code" }.Where(name => group[name] is not null))
                CheckTyped(group[name]);
            foreach (var name in new[] { "Last-Attempt-Date", "Will-Retry-Until" }.Where(name => group[name] is not null))
                CheckDate(group[name]);
            Assert.True(group["Will-Retry-Until"] is null || group["Action"] == "delayed");
        }
    }

    /// <summary>Checks what holds for every octet that is ours: CR LF, ASCII, lines within their limit.</summary>
    public static void CheckLines(string text)
    {
        Assert.DoesNotContain("\r", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var line in text.Split("\r\n"))
        {
            Assert.InRange(line.Length, 0, 998);
            Assert.All(line, c => Assert.True(c is >= ' ' and <= '~' or '\t', $"{(int)c:x2} in {line}"));
        }
    }

    private static void CheckOrder(ReportPart group, string[] grammar)
    {
        var positions = group.Fields.Select(field => Array.IndexOf(grammar, field.Name)).ToList();
        Assert.DoesNotContain(-1, positions);
        Assert.Equal(positions.Order().Distinct(), positions);
    }

    // RFC 3464 2.1.2: an atom, a semicolon, a text.
    private static void CheckTyped(string? value)
    {
        Assert.NotNull(value);
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        Assert.InRange(semicolon, 1, value.Length - 2);
        Assert.All(value[..semicolon], c => Assert.True(char.IsAsciiLetterOrDigit(c) || c == '-'));
        Assert.NotEqual("", value[(semicolon + 1)..].Trim());
    }

    private static void CheckDate(string? value) => Assert.True(
        DateTimeOffset.TryParseExact(value, "ddd, d MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), value);

    private static ReportPart ReadPart(string text)
    {
        var fields = new List<(string, string)>();
        var position = 0;
        while (position < text.Length && !text.AsSpan(position).StartsWith("\r\n"))
        {
            var field = new StringBuilder();
            do
            {
                var end = text.IndexOf("\r\n", position, StringComparison.Ordinal);
                end = end < 0 ? text.Length : end;
                field.Append(text, position, end - position);
                position = Math.Min(end + 2, text.Length);
            }
            while (position < text.Length && text[position] is ' ' or '\t');
            var colon = field.ToString().IndexOf(':', StringComparison.Ordinal);
            Assert.True(colon > 0, $"no field: {field}");
            fields.Add((field.ToString()[..colon], field.ToString()[(colon + 1)..].Trim()));
        }
        return new ReportPart(fields, position < text.Length ? text[(position + 2)..] : "");
    }

    private static string? Boundary(string? type)
    {
        var start = type?.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase) ?? -1;
        if (start < 0)
            return null;
        var value = type![(start + "boundary=".Length)..];
        return value.StartsWith('"') ? value[1..value.IndexOf('"', 1)] : value.Split(';')[0].Trim();
    }
}
