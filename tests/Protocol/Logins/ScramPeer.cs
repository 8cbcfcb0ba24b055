// A SCRAM-SHA-256 client by RFC 5802, apart from every other implementation here, that does what a test tells it to do wrong.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Protocol.Logins;

/// <summary>Makes both messages of a client, and checks what the server proves.</summary>
/// <param name="name">The login, as it is written into the message.</param>
/// <param name="password">The password.</param>
/// <param name="header">The gs2-header, like <c>n,,</c>.</param>
/// <param name="binding">The octets that the login is bound to.</param>
internal sealed class ScramPeer(string name, string password, string header, byte[] binding)
{
    public const string Nonce = "fyko+d2lbbFgONRv9qkxdawL";

    private byte[] _serverSignature = [];

    /// <summary>client-first-message.</summary>
    public string First => $"{header}n={name},r={Nonce}";

    /// <summary>client-final-message behind a server-first-message.</summary>
    public string Final(string serverFirst)
    {
        var values = serverFirst.Split(',').ToDictionary(pair => pair[0], pair => pair[2..]);
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            password, Convert.FromBase64String(values['s']), int.Parse(values['i'], CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, 32);
        byte[] bound = [.. Encoding.UTF8.GetBytes(header), .. binding];
        var withoutProof = $"c={Convert.ToBase64String(bound)},r={values['r']}";
        var message = Encoding.UTF8.GetBytes($"n={name},r={Nonce},{serverFirst},{withoutProof}");
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), message);
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), message);
        return $"{withoutProof},p={Convert.ToBase64String([.. clientKey.Zip(signature, (key, mask) => (byte)(key ^ mask))])}";
    }

    /// <summary>Whether a server-final-message shows that the server knows the verifier.</summary>
    public bool IsProof(string serverFinal) => serverFinal == $"v={Convert.ToBase64String(_serverSignature)}";
}
