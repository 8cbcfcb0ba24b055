// SCRAM-SHA-256 as a client: proves that we know the password without sending it, and demands the same of the server.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Smtp.Client;

/// <summary>SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677).</summary>
/// <param name="login">Name and password, prepared.</param>
/// <param name="nonce">Our nonce: printable, no comma.</param>
internal sealed class ScramClient(ClientLogin login, string nonce) : SaslClient
{
    private const string Header = "n,,"; // no channel binding, no other identity
    private const int MaxIterations = 2_000_000; // the server must not keep our processor busy for as long as it likes
    private const int MinIterations = 4_096;     // RFC 7677 4

    private readonly string _clientFirst = $"n={login.User.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";
    private byte[]? _serverSignature;
    private bool _isVerified;

    /// <summary>With a fresh nonce.</summary>
    public ScramClient(ClientLogin login)
        : this(login, Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)))
    {
    }

    public override string Mechanism => "SCRAM-SHA-256";

    public override byte[]? InitialResponse => Encoding.UTF8.GetBytes(Header + _clientFirst);

    /// <summary>True once the server has proved that it knows the password.</summary>
    public override bool IsComplete => _isVerified;

    public override byte[]? Respond(byte[] challenge)
    {
        var text = Encoding.ASCII.GetString(challenge);
        if (_serverSignature is null)
            return RespondToFirst(text);
        if (_isVerified || ReadValue(text, 'v') is not { } signature || !TryDecode(signature, out var octets))
            return null;
        _isVerified = CryptographicOperations.FixedTimeEquals(octets, _serverSignature);
        return _isVerified ? [] : null;
    }

    // server-first-message = nonce "," salt "," iteration-count (RFC 5802 7)
    private byte[]? RespondToFirst(string serverFirst)
    {
        if (!serverFirst.StartsWith("r=", StringComparison.Ordinal)
            || ReadValue(serverFirst, 'r') is not { } bothNonces || !bothNonces.StartsWith(nonce, StringComparison.Ordinal) || bothNonces.Length == nonce.Length
            || ReadValue(serverFirst, 's') is not { } salt || !TryDecode(salt, out var saltOctets)
            || !int.TryParse(ReadValue(serverFirst, 'i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < MinIterations or > MaxIterations)
        {
            return null;
        }
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(login.Password), saltOctets, iterations, HashAlgorithmName.SHA256, 32);
        var withoutProof = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(Header))},r={bothNonces}";
        var authMessage = Encoding.UTF8.GetBytes($"{_clientFirst},{serverFirst},{withoutProof}");
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var proof = HMACSHA256.HashData(SHA256.HashData(clientKey), authMessage);
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= clientKey[i];
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), authMessage);
        return Encoding.ASCII.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    private static string? ReadValue(ReadOnlySpan<char> message, char name)
    {
        foreach (var range in message.Split(','))
        {
            var item = message[range];
            if (item.Length >= 2 && item[0] == name && item[1] == '=')
                return item[2..].ToString();
        }
        return null;
    }

    private static bool TryDecode(string base64, out byte[] octets)
    {
        octets = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, octets, out var length) || length == 0)
            return false;
        Array.Resize(ref octets, length);
        return true;
    }
}
