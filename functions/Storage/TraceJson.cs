// Entries of the trace as lines of JSON.
using System.Buffers;
using System.Text;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Traces;

namespace MailFunctions.Storage;

/// <summary>The stored form: names as short as they can be read, since every message writes several.</summary>
internal sealed record TraceJson
{
    private const int MaxText = 1_000; // of what a stranger chose

    public string? Kind { get; init; }

    public DateTimeOffset Time { get; init; }

    public string? Id { get; init; }

    public string? Session { get; init; }

    public string? Listener { get; init; }

    public string? Address { get; init; }

    public string? Tls { get; init; }

    public string? Helo { get; init; }

    public string? Login { get; init; }

    public string? From { get; init; }

    public IReadOnlyList<string>? To { get; init; }

    public long? Octets { get; init; }

    public string? Results { get; init; }

    public string? Destination { get; init; }

    public string? Host { get; init; }

    public bool? Succeeded { get; init; }

    public string? Reply { get; init; }

    public DateTimeOffset? Next { get; init; }

    public string? Report { get; init; }

    public StorageUse? Use { get; init; }

    public long? Count { get; init; }

    /// <summary>What a line of an entry of this kind has in it.</summary>
    public static byte[] MarkOf(TraceKind kind) => Encoding.ASCII.GetBytes($"\"{NameOf(kind)}\"");

    /// <summary>Writes an entry as one line.</summary>
    public static void Write(TraceEntry entry, ArrayBufferWriter<byte> lines)
    {
        using (var writer = new Utf8JsonWriter(lines))
            JsonSerializer.Serialize(writer, Of(entry), StorageJson.Default.TraceJson);
        lines.GetSpan(1)[0] = (byte)'\n';
        lines.Advance(1);
    }

    /// <summary>Reads a line.</summary>
    /// <returns>Null for one of a later version, or one that was cut off.</returns>
    public static TraceEntry? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StorageJson.Default.TraceJson)?.ToEntry();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TraceJson Of(TraceEntry entry) => new()
    {
        Kind = NameOf(entry.Kind),
        Time = entry.Time,
        Id = entry.Id?.Text,
        Session = entry.Session,
        Listener = entry.Listener,
        Address = entry.Address,
        Tls = entry.Tls,
        Helo = Short(entry.Helo),
        Login = entry.Login,
        From = entry.From,
        To = entry.To?.Count > TraceEntry.MaxRecipients ? [.. entry.To.Take(TraceEntry.MaxRecipients)] : entry.To,
        Octets = entry.Octets,
        Results = Short(entry.Results),
        Destination = entry.Destination,
        Host = Short(entry.Host),
        Succeeded = entry.Succeeded,
        Reply = Short(entry.Reply),
        Next = entry.Next,
        Report = entry.Report?.Text,
        Use = entry.Use,
        Count = entry.Count,
    };

    private TraceEntry? ToEntry() => Enum.TryParse<TraceKind>(Kind, ignoreCase: true, out var kind)
        ? new TraceEntry(kind, Time)
        {
            Id = Named(Id),
            Session = Session,
            Listener = Listener,
            Address = Address,
            Tls = Tls,
            Helo = Helo,
            Login = Login,
            From = From,
            To = To,
            Octets = Octets,
            Results = Results,
            Destination = Destination,
            Host = Host,
            Succeeded = Succeeded,
            Reply = Reply,
            Next = Next,
            Report = Named(Report),
            Use = Use,
            Count = Count,
        }
        : null;

    private static string NameOf(TraceKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static SpoolId? Named(string? text) => SpoolId.TryParse(text, out var id) ? id : null;

    private static string? Short(string? text) => text?.Length > MaxText ? text[..MaxText] : text;
}
