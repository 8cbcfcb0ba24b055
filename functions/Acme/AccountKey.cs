// The key of an account at an authority, and what is signed with it.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Acme;

/// <summary>An ECDSA key on P-256 (RFC 7518 3.4, ES256). It is a secret: who has it can order certificates in our name.</summary>
public sealed class AccountKey : IDisposable
{
    private readonly ECDsa _key;

    private AccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        // RFC 7638 3: the members in this order and without spaces, since the thumbprint is taken of the text.
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));
    }

    /// <summary>The public key as JSON (RFC 7517).</summary>
    public string Jwk { get; }

    /// <summary>Its name in key authorizations (RFC 7638).</summary>
    public string Thumbprint { get; }

    /// <summary>Makes a new one.</summary>
    public static AccountKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads one as <see cref="ToPem"/> writes it.</summary>
    /// <returns>False if it is no such key.</returns>
    public static bool TryRead(string pem, out AccountKey? key)
    {
        key = null;
        var read = ECDsa.Create();
        try
        {
            read.ImportFromPem(pem);
            if (read.KeySize != 256)
            {
                read.Dispose();
                return false;
            }
            _ = read.ExportParameters(includePrivateParameters: true).D; // a public key signs nothing
            key = new AccountKey(read);
            return true;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            read.Dispose();
            return false;
        }
    }

    /// <summary>The key as PEM (PKCS#8), to be kept secret.</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>What proves that the account's holder asks for a name (RFC 8555 8.1).</summary>
    public string KeyAuthorization(string token) => $"{token}.{Thumbprint}";

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>Signs (RFC 7518 3.4: the two numbers one after the other, not as DER).</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);
}
