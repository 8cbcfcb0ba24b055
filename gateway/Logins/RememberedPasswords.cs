// Passwords that were right a moment ago, so that a client that polls costs no derivation each time.
using System.Buffers.Binary;
using System.Security.Cryptography;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>
/// For each account the keyed hash, under a random key of this process, of the password that was right and of the verifier that said so: where the
/// verifier has changed, nothing is remembered. It is forgotten when it was not used for as long as <see cref="LoginOptions.Remember"/> says.
/// </summary>
internal sealed class RememberedPasswords(LoginOptions options, TimeProvider time)
{
    /// <summary>The most accounts.</summary>
    public const int Capacity = 16_384;

    private readonly Lock _lock = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<EmailAddress, (byte[] Mac, long At)> _right = [];

    /// <summary>Whether this password was right a moment ago; if so it is remembered for longer.</summary>
    public bool IsRight(EmailAddress account, ScramVerifier verifier, ReadOnlySpan<byte> password)
    {
        var mac = Hash(account, verifier, password);
        lock (_lock)
        {
            if (!_right.TryGetValue(account, out var right) || time.GetElapsedTime(right.At) >= options.Remember
                || !CryptographicOperations.FixedTimeEquals(right.Mac, mac))
                return false;
            _right[account] = (mac, time.GetTimestamp());
            return true;
        }
    }

    /// <summary>Remembers a password that was right.</summary>
    public void Add(EmailAddress account, ScramVerifier verifier, ReadOnlySpan<byte> password)
    {
        if (options.Remember == TimeSpan.Zero)
            return;
        var mac = Hash(account, verifier, password);
        lock (_lock)
        {
            if (_right.Count >= Capacity && !_right.ContainsKey(account))
            {
                foreach (var (oldest, _) in _right.OrderBy(pair => pair.Value.At).Take(Capacity / 4).ToList())
                    _right.Remove(oldest);
            }
            _right[account] = (mac, time.GetTimestamp());
        }
    }

    // Every part has its length before it, so that no two logins are the same octets.
    private byte[] Hash(EmailAddress account, ScramVerifier verifier, ReadOnlySpan<byte> password)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(hash, System.Text.Encoding.UTF8.GetBytes(account.ToString()));
        Append(hash, verifier.Salt);
        Append(hash, verifier.StoredKey);
        Append(hash, password);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
