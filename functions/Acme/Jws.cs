// Signed requests (RFC 7515, flattened JSON; RFC 8555 6.2).
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MailFunctions.Acme;

/// <summary>Writes them.</summary>
internal static class Jws
{
    /// <summary>Signs a request.</summary>
    /// <param name="key">The account's key.</param>
    /// <param name="account">The account's address; null where it is not known yet, and the key itself is sent.</param>
    /// <param name="nonce">The authority's nonce.</param>
    /// <param name="url">Where the request goes.</param>
    /// <param name="payload">What it says; empty for POST-as-GET (RFC 8555 6.3).</param>
    public static byte[] Sign(AccountKey key, Uri? account, string nonce, Uri url, ReadOnlySpan<byte> payload)
    {
        var head = Head(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("nonce", nonce);
            writer.WriteString("url", url.AbsoluteUri);
            WriteSigner(writer, key, account);
        });
        return Flatten(head, payload, key.Sign);
    }

    /// <summary>Binds an account's key to an account that the authority has by other means (RFC 8555 7.3.4).</summary>
    public static byte[] Bind(AccountKey key, ExternalAccount external, Uri newAccount)
    {
        var head = Head(writer =>
        {
            writer.WriteString("alg", "HS256");
            writer.WriteString("kid", external.KeyId);
            writer.WriteString("url", newAccount.AbsoluteUri);
        });
        return Flatten(head, Encoding.ASCII.GetBytes(key.Jwk), data => HMACSHA256.HashData(external.Key.Span, data));
    }

    private static void WriteSigner(Utf8JsonWriter writer, AccountKey key, Uri? account)
    {
        if (account is not null)
        {
            writer.WriteString("kid", account.AbsoluteUri);
            return;
        }
        writer.WritePropertyName("jwk");
        writer.WriteRawValue(key.Jwk);
    }

    private static byte[] Head(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return text.ToArray();
    }

    private static byte[] Flatten(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, Signer sign)
    {
        var (first, second) = (Base64Url.EncodeToString(head), Base64Url.EncodeToString(payload));
        var signature = Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{first}.{second}")));
        return Encoding.ASCII.GetBytes($$"""{"protected":"{{first}}","payload":"{{second}}","signature":"{{signature}}"}""");
    }

    private delegate byte[] Signer(ReadOnlySpan<byte> data);
}
