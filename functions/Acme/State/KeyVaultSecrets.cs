// Certificate and account as secrets of a vault.
using System.Text.Json;

namespace MailFunctions.Acme.State;

internal sealed record SecretJson(string? Value, string? ContentType);

/// <summary>Two secrets of a Key Vault, read and written over REST by an identity. The versions before stay in the vault.</summary>
/// <param name="calls">Speaks to Azure.</param>
/// <param name="vault">The vault's address.</param>
public sealed class KeyVaultSecrets(AzureCalls calls, Uri vault) : ICertificateStore
{
    /// <summary>The secret that the gateway reads.</summary>
    public const string Certificate = "certificate";

    /// <summary>The secret of the account.</summary>
    public const string Account = "acme-account";

    private const string Scope = "https://vault.azure.net/.default";
    private const string Suffix = ".vault.azure.net";

    /// <inheritdoc/>
    public string Place => vault.Host;

    /// <summary>Reads a vault's name or address.</summary>
    /// <returns>Null if it is neither: a token is sent there, so it must be a vault of Azure's.</returns>
    public static Uri? Find(string text)
    {
        var address = text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal) ? text : $"https://{text}{Suffix}/";
        return Uri.TryCreate(address, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort && url.AbsolutePath == "/" && url.UserInfo.Length == 0 && url.Query.Length == 0
            && url.Host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && url.Host.Length > Suffix.Length
                ? url
                : null;
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(StoredItem item, CancellationToken cancellationToken)
    {
        var answer = await calls.SendAsync(HttpMethod.Get, UrlOf(item), Scope, null, cancellationToken);
        if (answer.Status == 404)
            return null;
        if (!answer.IsSuccess)
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"the secret '{NameOf(item)}' cannot be read: {AzureCalls.Words(answer)}");
        return AcmeTransport.Read(answer, AcmeJson.Default.SecretJson, "secret").Value;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(StoredItem item, string text, CancellationToken cancellationToken)
    {
        var secret = new SecretJson(text, item == StoredItem.Certificate ? "application/x-pem-file" : "application/json");
        var body = JsonSerializer.SerializeToUtf8Bytes(secret, AcmeJson.Default.SecretJson);
        var answer = await calls.SendAsync(HttpMethod.Put, UrlOf(item), Scope, body, cancellationToken);
        if (!answer.IsSuccess)
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"the secret '{NameOf(item)}' cannot be written: {AzureCalls.Words(answer)}");
    }

    private Uri UrlOf(StoredItem item) => new(vault, $"secrets/{NameOf(item)}?api-version=7.4");

    private static string NameOf(StoredItem item) => item == StoredItem.Certificate ? Certificate : Account;
}
