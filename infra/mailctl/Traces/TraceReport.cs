// What mailctl trace prints.
using System.Globalization;
using System.Text.Json;
using MailFunctions.Mail.Traces;
using MailFunctions.Mailctl.Queue;
using Spectre.Console;

namespace MailFunctions.Mailctl.Traces;

/// <summary>An entry of the trace.</summary>
internal sealed record TraceView(
    DateTimeOffset Time, string Kind, string? Id, string? Session, string? Listener, string? Address, string? Tls, string? Helo, string? Login, string? From,
    IReadOnlyList<string>? To, long? Octets, string? Results, string? Destination, string? Host, bool? Succeeded, string? Reply, DateTimeOffset? Next,
    string? Report)
{
    public static TraceView Of(TraceEntry entry) => new(
        entry.Time, JsonNamingPolicy.CamelCase.ConvertName(entry.Kind.ToString()), entry.Id?.Text, entry.Session, entry.Listener, entry.Address, entry.Tls,
        Clean(entry.Helo), entry.Login, entry.From, entry.To, entry.Octets, Clean(entry.Results), entry.Destination, Clean(entry.Host), entry.Succeeded,
        Clean(entry.Reply), entry.Next, entry.Report?.Text);

    /// <summary>The entry as words.</summary>
    public string Words()
    {
        var words = new List<string>();
        void Say(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                words.Add(name.Length == 0 ? value : $"{name} {value}");
        }

        Say("from", From is null ? null : $"<{From}>");
        Say("to", To is null ? null : string.Join(", ", To));
        Say("", Octets is { } octets ? string.Create(CultureInfo.InvariantCulture, $"{octets} octets") : null);
        Say("client", Address);
        Say("helo", Helo);
        Say("on", Listener);
        Say("", Tls);
        Say("login", Login);
        Say("for", Destination);
        Say("at", Host);
        Say("", Succeeded switch { true => "done", false => "not done", null => null });
        Say("", Reply);
        Say("results", Results);
        Say("next", Next?.ForPeople());
        Say("report", Report);
        return string.Join("; ", words);
    }

    // Words of strangers: nothing in them may move a terminal's cursor.
    private static string? Clean(string? text) => text is null ? null : HeaderExcerpt.Printable(text);
}

/// <summary>A time line.</summary>
internal sealed record TraceReport(IReadOnlyList<TraceView> Entries) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.TraceReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "Nothing was noted.", ["TIME", "ID", "WHAT", "HOW"],
        Entries.Select(entry => (string[])[entry.Time.ForPeople(), entry.Id ?? "", entry.Kind, entry.Words()]));
}
