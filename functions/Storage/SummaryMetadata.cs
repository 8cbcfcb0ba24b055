// The summary of a copy in its blob's metadata.
using System.Text;

namespace MailFunctions.Storage;

/// <summary>Metadata travels in HTTP headers: what strangers wrote goes there in base64 only, and 5,000 octets of it leave room in the 8 KiB that are allowed.</summary>
internal static class SummaryMetadata
{
    private const string Key = "summary";
    private const int MaxOctets = 5_000;

    /// <summary>The metadata of a copy; null for none.</summary>
    public static Dictionary<string, string>? Of(string? summary) => summary is not null && Encoding.UTF8.GetByteCount(summary) <= MaxOctets
        ? new Dictionary<string, string> { [Key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(summary)) }
        : null;

    /// <summary>Reads the summary; null if there is none, or something else.</summary>
    public static string? Read(IDictionary<string, string>? metadata)
    {
        if (metadata is null || !metadata.TryGetValue(Key, out var encoded))
            return null;
        var octets = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, octets, out var count) ? Encoding.UTF8.GetString(octets, 0, count) : null;
    }
}
