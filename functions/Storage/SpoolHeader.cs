// The line in front of every spooled message: its envelope, and what must be found behind it.
using System.Text.Json;
using MailFunctions.Mail;

namespace MailFunctions.Storage;

/// <summary>The first line of a spool blob.</summary>
/// <param name="Envelope">The envelope.</param>
/// <param name="TraceLength">Octets of our trace fields, right behind the line.</param>
/// <param name="ContentLength">Octets of the content as received, behind the trace fields.</param>
/// <param name="ContentHash">SHA-256 of the content as received.</param>
internal sealed record SpoolHeader(Envelope Envelope, int TraceLength, long ContentLength, byte[] ContentHash)
{
    /// <summary>The longest line that is written or read, in octets; a thousand recipients take a fifth of it.</summary>
    public const int MaxLineLength = 4 * 1024 * 1024;

    /// <summary>The line, with LF at its end and at no other place.</summary>
    public byte[] ToLine()
    {
        var envelope = Envelope;
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new SpoolHeaderJson(
                Envelope.CurrentVersion, envelope.Id.Text, envelope.ReversePath?.ToString(),
                [.. envelope.Recipients.Select(to => RecipientJson.Of(to))],
                envelope.EightBitMime, envelope.Login?.ToString(), envelope.ClientAddress, envelope.Helo, envelope.ReceivedAt,
                TraceLength, ContentLength, Convert.ToHexStringLower(ContentHash), OriginJson.Name(envelope.Origin), envelope.ForwardSender?.ToString(),
                ReturnJson.Name(envelope.Return), envelope.EnvelopeId, envelope.SmtpUtf8 ? true : null),
            StorageJson.Default.SpoolHeaderJson);
        var line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        return line.Length <= MaxLineLength
            ? line
            : throw new InvalidOperationException($"An envelope of {line.Length} octets is longer than the {MaxLineLength} that can be read back.");
    }

    /// <summary>Reads the line, without its LF.</summary>
    /// <exception cref="FormatException">It is not such a line.</exception>
    /// <exception cref="JsonException">It is not JSON of such a line.</exception>
    public static SpoolHeader Read(ReadOnlySpan<byte> line)
    {
        var json = JsonSerializer.Deserialize(line, StorageJson.Default.SpoolHeaderJson) ?? throw new FormatException("the line is null");
        if (!SpoolId.TryParse(json.Id, out var id))
            throw new FormatException("no spool id");
        var hash = Convert.FromHexString(json.Sha256 ?? "");
        if (hash.Length != 32 || json.TraceLength < 0 || json.ContentLength < 0)
            throw new FormatException("no lengths and hash");
        var envelope = new Envelope
        {
            Id = id,
            ReversePath = ReadAddress(json.ReversePath),
            Recipients = [.. (json.Recipients ?? []).Select(to => RecordEntry.Present(to).Read())],
            EightBitMime = json.EightBitMime,
            Login = ReadAddress(json.Login),
            ClientAddress = json.ClientAddress,
            Helo = json.Helo ?? "",
            ReceivedAt = json.ReceivedAt,
            Origin = OriginJson.Read(json.Origin),
            ForwardSender = ReadAddress(json.ForwardSender),
            Return = ReturnJson.Read(json.Ret),
            EnvelopeId = json.EnvId,
            SmtpUtf8 = json.SmtpUtf8 ?? false,
        };
        return new SpoolHeader(envelope, json.TraceLength, json.ContentLength, hash);
    }

    private static EmailAddress? ReadAddress(string? text) => text is null ? null : EmailAddress.Parse(text);
}

/// <summary>The line as JSON.</summary>
internal sealed record SpoolHeaderJson(
    int V, string? Id, string? ReversePath, IReadOnlyList<RecipientJson>? Recipients, bool EightBitMime, string? Login, string? ClientAddress,
    string? Helo, DateTimeOffset ReceivedAt, int TraceLength, long ContentLength, string? Sha256, string? Origin, string? ForwardSender = null, string? Ret = null, string? EnvId = null,
    bool? SmtpUtf8 = null);

/// <summary>A recipient as JSON.</summary>
internal sealed record RecipientJson(string? Target, string? Original, bool IsLocal, string? Notify = null, string? Orcpt = null, bool? Loops = null)
{
    public static RecipientJson Of(Recipient to) => new(
        to.Target.ToString(), to.Original.ToString(), to.IsLocal, NotifyJson.Name(to.Notify), to.Named?.ToString(), to.Loops ? true : null);

    public Recipient Read() => new()
    {
        Target = EmailAddress.Parse(Target ?? ""), Original = EmailAddress.Parse(Original ?? ""), IsLocal = IsLocal,
        Notify = NotifyJson.Read(Notify), Named = Orcpt is null ? null : OriginalRecipient.Parse(Orcpt), Loops = Loops ?? false,
    };
}
