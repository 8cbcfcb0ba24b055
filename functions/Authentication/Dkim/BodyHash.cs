// The hash of a body, or of its beginning.
using System.Security.Cryptography;

namespace MailFunctions.Authentication.Dkim;

/// <summary>SHA-256 of the first octets of a body in canonical form, and how many octets there were.</summary>
internal sealed class BodyHash(long? limit) : IOctetSink, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many octets are hashed; all without (the tag l=).</summary>
    public long? Limit => limit;

    /// <summary>Octets so far, hashed or not.</summary>
    public long Octets { get; private set; }

    /// <summary>The hash, once the body has ended.</summary>
    public byte[] Value { get; private set; } = [];

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> octets)
    {
        var left = (limit ?? long.MaxValue) - Octets;
        if (left > 0)
            _hash.AppendData(octets[..(int)Math.Min(left, octets.Length)]);
        Octets += octets.Length;
    }

    /// <summary>Takes the hash.</summary>
    public void Complete() => Value = _hash.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
