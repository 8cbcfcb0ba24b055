// A blob as a list tells of it.
using Azure;

namespace MailFunctions.Storage;

/// <summary>What is read of an entry of a list; the rest of it is passed over.</summary>
/// <param name="Name">Its name, past the container.</param>
/// <param name="Length">Its length in octets.</param>
/// <param name="LastModified">When it was last written, UTC by the service's clock, to the second.</param>
/// <param name="Tag">Names its state.</param>
internal sealed record ListedBlob(string Name, long Length, DateTimeOffset LastModified, ETag Tag)
{
    /// <summary>Its metadata where the list was asked for it, or null for none; keys in any case.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>The version, where the account keeps versions and the list was asked for them.</summary>
    public string? Version { get; init; }

    /// <summary>Whether that version is the current one.</summary>
    public bool IsCurrentVersion { get; init; }

    /// <summary>What its metadata has under a key, or null.</summary>
    public string? Find(string key) => Metadata?.GetValueOrDefault(key);
}
