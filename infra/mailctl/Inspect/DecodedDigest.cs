// The decoded content of a part, of which only length and hash are kept.
using System.Buffers;
using System.Security.Cryptography;
using MailFunctions.Mime.Decoding;

namespace MailFunctions.Mailctl.Inspect;

/// <summary>Counts and hashes what is written, and shows it to a text decoder if there is one.</summary>
internal sealed class DecodedDigest(TextDecoder? text) : IBufferWriter<byte>, IDisposable
{
    private const int RoomLength = 64 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _room = new byte[RoomLength];
    private int _used;

    /// <summary>The octets that were written.</summary>
    public long Octets { get; private set; }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _used += count;
        Octets += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_room.Length - _used < wanted)
            Flush();
        if (_room.Length < wanted)
            _room = new byte[wanted];
        return _room.AsMemory(_used);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Ends the content.</summary>
    /// <returns>Its SHA-256 in lower-case hexadecimal digits.</returns>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_room, 0, _used);
        text?.Pass(_room.AsSpan(0, _used));
        _used = 0;
    }
}
