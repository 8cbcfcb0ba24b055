// An account at an authority, and what is kept of it between two renewals.
using System.Text.Json;

namespace MailFunctions.Acme;

/// <summary>An account and what is ordered by it.</summary>
/// <param name="Directory">The authority.</param>
/// <param name="Url">The account's address there.</param>
/// <param name="Key">Its key. A secret.</param>
/// <param name="Names">The names that the certificate is for.</param>
public sealed record AcmeAccount(Uri Directory, Uri Url, AccountKey Key, IReadOnlyList<string> Names)
{
    private const int Version = 1;

    /// <summary>Never tells the key.</summary>
    public override string ToString() => $"{Url}";

    /// <summary>As JSON, to be kept secret.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new StoredAccountJson(Version, Directory.AbsoluteUri, Url.AbsoluteUri, Key.ToPem(), Names), AcmeJson.Default.StoredAccountJson);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <returns>Null if it is anything else.</returns>
    public static AcmeAccount? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AcmeJson.Default.StoredAccountJson) is
                { V: Version, Directory: { } directory, Account: { } url, Key: { } pem, Names: { } names }
                && names.Count is > 0 and <= AcmeLimits.Names && names.All(name => name is not null && HostNames.IsValid(name))
                && AccountKey.TryRead(pem, out var key)
                    ? new AcmeAccount(BoundedHttp.Https(directory, "directory"), BoundedHttp.Https(url, "account"), key!, names)
                    : null;
        }
        catch (Exception error) when (error is JsonException or AcmeException)
        {
            return null;
        }
    }
}

/// <summary>An account that the authority has by other means (RFC 8555 7.3.4).</summary>
/// <param name="KeyId">Its name there.</param>
/// <param name="Key">The key of the binding. A secret.</param>
public sealed record ExternalAccount(string KeyId, ReadOnlyMemory<byte> Key)
{
    /// <summary>Never tells the key.</summary>
    public override string ToString() => KeyId;
}
