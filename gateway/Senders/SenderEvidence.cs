// What a message shows of its sender while it passes.
using System.Buffers;
using MailFunctions.Authentication;

namespace MailFunctions.Gateway.Senders;

/// <summary>
/// Sees all octets of one message once, in pieces cut anywhere. What claims to be results of ours is taken out of it (RFC 8601 5); signatures are checked
/// against the message as it came.
/// </summary>
internal sealed class SenderEvidence(string hostname, DigestPurpose purpose) : IDisposable
{
    private readonly ForgedResultsFilter _forged = new(hostname);
    private ArrayBufferWriter<byte>? _clean = new();

    /// <summary>True if signatures are checked, which is done for strangers' messages only.</summary>
    public bool IsStrangers { get; } = purpose.HasFlag(DigestPurpose.Verify);

    /// <summary>What signatures are checked and made with, or null where neither is done.</summary>
    public MessageDigest? Digest { get; } = purpose == DigestPurpose.None ? null : new MessageDigest(purpose);

    /// <summary>Looks at the next octets.</summary>
    /// <returns>What is to be stored in their place; valid until the next call.</returns>
    public ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> content)
    {
        Digest?.Pass(content.Span);
        if (_clean is null)
            return content;
        if (_forged.IsInBody)
        {
            _clean = null; // nothing is changed any more
            return content;
        }
        _clean.ResetWrittenCount();
        _forged.Pass(content.Span, _clean);
        return _clean.WrittenMemory;
    }

    /// <summary>Says that the message has ended.</summary>
    /// <returns>What is still to be stored.</returns>
    public ReadOnlyMemory<byte> Complete()
    {
        Digest?.Complete();
        if (_clean is null)
            return default;
        _clean.ResetWrittenCount();
        _forged.Complete(_clean);
        return _clean.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose() => Digest?.Dispose();
}
