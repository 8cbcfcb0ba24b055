// The server's side of the SASL mechanisms, for a scripted mail server with one login.
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Rig.Peers;

/// <summary>PLAIN, LOGIN and SCRAM-SHA-256 as a server.</summary>
internal static class PeerLogin
{
    private const int Iterations = 4_096;

    private static readonly byte[] Salt = "a grain of salt."u8.ToArray();

    /// <summary>Runs an exchange.</summary>
    /// <param name="login">The one login.</param>
    /// <param name="argument">The argument of AUTH.</param>
    /// <param name="ask">Sends a challenge and reads the response.</param>
    public static async Task<bool> RunAsync((string User, string Password) login, string argument, Func<string, Task<byte[]>> ask)
    {
        var space = argument.IndexOf(' ', StringComparison.Ordinal);
        var (mechanism, initial) = space < 0 ? (argument, null) : (argument[..space], Convert.FromBase64String(argument[(space + 1)..]));
        switch (mechanism)
        {
            case "PLAIN":
                return Encoding.UTF8.GetString(initial ?? await ask("")) == $"\0{login.User}\0{login.Password}";
            case "LOGIN":
                var user = initial ?? await ask("Username:");
                return Encoding.UTF8.GetString(user) == login.User & Encoding.UTF8.GetString(await ask("Password:")) == login.Password;
            case "SCRAM-SHA-256":
                return await ScramAsync(login, Encoding.UTF8.GetString(initial ?? await ask("")), ask);
            default:
                return false;
        }
    }

    // RFC 5802 3
    private static async Task<bool> ScramAsync((string User, string Password) login, string clientFirst, Func<string, Task<byte[]>> ask)
    {
        var bare = clientFirst["n,,".Length..];
        var nonce = bare[(bare.IndexOf(",r=", StringComparison.Ordinal) + 3)..] + "server";
        var serverFirst = $"r={nonce},s={Convert.ToBase64String(Salt)},i={Iterations}";
        var final = Encoding.UTF8.GetString(await ask(serverFirst));
        var proofAt = final.IndexOf(",p=", StringComparison.Ordinal);
        var message = Encoding.UTF8.GetBytes($"{bare},{serverFirst},{final[..proofAt]}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(login.Password, Salt, Iterations, HashAlgorithmName.SHA256, 32);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var storedKey = SHA256.HashData(clientKey);
        var proof = Convert.FromBase64String(final[(proofAt + 3)..]);
        var expected = HMACSHA256.HashData(storedKey, message).Zip(clientKey, (a, b) => (byte)(a ^ b));
        if (!proof.SequenceEqual(expected) || !bare.StartsWith($"n={ScramName(login.User)},", StringComparison.Ordinal))
            return false;
        var signature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), message);
        return (await ask($"v={Convert.ToBase64String(signature)}")).Length == 0;
    }

    // RFC 5802 5.1
    private static string ScramName(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
}
