// What is stored instead of a password: the SCRAM-SHA-256 verifier of RFC 5802 and RFC 7677.
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace MailFunctions.Mail;

/// <summary>
/// A SCRAM-SHA-256 verifier (RFC 5802 3, RFC 7677): enough to check a password or a SCRAM exchange, and not enough to log in elsewhere.
/// </summary>
public sealed record ScramVerifier
{
    /// <summary>
    /// The PBKDF2-HMAC-SHA-256 iterations for new passwords: the most that clients of Cyrus SASL compute, which choose SCRAM wherever it is offered and fail
    /// at more (Postfix is one). OWASP asks for 600,000, RFC 7677 for 4,096.
    /// </summary>
    public const int DefaultIterations = 65_536;

    /// <summary>The longest password taken, in octets of UTF-8, as it is given and prepared.</summary>
    public const int MaxPasswordLength = 1024;

    /// <summary>The octets of a new verifier's salt.</summary>
    public const int SaltLength = 16;

    /// <summary>The salt, <see cref="SaltLength"/> octets for new verifiers.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>The PBKDF2 iterations.</summary>
    public required int Iterations { get; init; }

    /// <summary>H(ClientKey), 32 octets.</summary>
    public required byte[] StoredKey { get; init; }

    /// <summary>HMAC(SaltedPassword, "Server Key"), 32 octets.</summary>
    public required byte[] ServerKey { get; init; }

    /// <summary>Whether <see cref="Create"/> takes a password.</summary>
    public static bool MayBe(string password) =>
        SaslPrep.TryPrepare(password, isStored: true, out var prepared) && Encoding.UTF8.GetByteCount(prepared) is > 0 and <= MaxPasswordLength;

    /// <summary>Makes the verifier of a password, prepared by <see cref="SaslPrep"/>, under a fresh random salt.</summary>
    /// <exception cref="ArgumentException">
    /// The password cannot be prepared, or is empty or longer than <see cref="MaxPasswordLength"/> octets then.
    /// </exception>
    public static ScramVerifier Create(string password, int iterations = DefaultIterations)
    {
        if (!SaslPrep.TryPrepare(password, isStored: true, out var prepared))
            throw new ArgumentException("A password is of characters that all clients prepare alike (RFC 4013).", nameof(password));
        var length = Encoding.UTF8.GetByteCount(prepared);
        if (length is 0 or > MaxPasswordLength)
            throw new ArgumentException($"A password has 1 to {MaxPasswordLength} octets.", nameof(password));
        Span<byte> octets = stackalloc byte[length];
        Encoding.UTF8.GetBytes(prepared, octets);
        var verifier = Derive(octets, RandomNumberGenerator.GetBytes(SaltLength), iterations);
        CryptographicOperations.ZeroMemory(octets);
        return verifier;
    }

    /// <summary>
    /// A verifier that no password matches and that costs as much to ask as a real one, for logins that do not exist: the time of the answer must not
    /// tell which accounts do.
    /// </summary>
    public static ScramVerifier Unmatchable { get; } = new()
    {
        Salt = new byte[SaltLength], Iterations = DefaultIterations, StoredKey = new byte[32], ServerKey = new byte[32],
    };

    /// <summary>
    /// Whether a password, as octets of UTF-8, is the right one once it is prepared. Takes about 0.01 s of processor time; compares in fixed time.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        if (password.Length is 0 or > MaxPasswordLength)
            return false;
        return CryptographicOperations.FixedTimeEquals(Derive(Prepare(password), Salt, Iterations).StoredKey, StoredKey);
    }

    // What cannot be prepared is nobody's password, and takes as long to be found wrong as any other.
    private static ReadOnlySpan<byte> Prepare(ReadOnlySpan<byte> password) =>
        !Ascii.IsValid(password) && Utf8.IsValid(password) && SaslPrep.TryPrepare(Encoding.UTF8.GetString(password), isStored: false, out var prepared)
            ? Encoding.UTF8.GetBytes(prepared)
            : password;

    /// <summary>
    /// Whether a SCRAM client's proof shows that it knows the password (RFC 5802 3: ClientKey is the proof without the signature, StoredKey its hash).
    /// Costs next to nothing; compares in fixed time.
    /// </summary>
    public bool VerifyProof(ReadOnlySpan<byte> authMessage, ReadOnlySpan<byte> proof)
    {
        Span<byte> clientKey = stackalloc byte[SHA256.HashSizeInBytes];
        if (proof.Length != clientKey.Length)
            return false;
        HMACSHA256.HashData(StoredKey, authMessage, clientKey);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(clientKey, hash);
        CryptographicOperations.ZeroMemory(clientKey); // it would be as good as the password here
        return CryptographicOperations.FixedTimeEquals(hash, StoredKey);
    }

    /// <summary>The signature that shows a SCRAM client that we know its verifier (RFC 5802 3).</summary>
    public byte[] Sign(ReadOnlySpan<byte> authMessage) => HMACSHA256.HashData(ServerKey, authMessage);

    private static ScramVerifier Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramVerifier
        {
            Salt = salt,
            Iterations = iterations,
            StoredKey = SHA256.HashData(clientKey),
            ServerKey = HMACSHA256.HashData(salted, "Server Key"u8),
        };
    }
}
