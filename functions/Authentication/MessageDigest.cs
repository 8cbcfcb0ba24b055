// Takes from a message, while it arrives, what signatures are checked and made with.
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Authentication;

/// <summary>
/// Is fed the octets of a message once, cut anywhere, and keeps its header and the hashes of its body. DKIM and ARC, checked or made, are then a matter of
/// <see cref="DkimVerifier"/>, <see cref="ArcValidator"/>, <see cref="DkimSigner"/> and <see cref="ArcSealer"/>.
/// </summary>
/// <remarks>
/// Memory is bounded by the largest header that is judged, 256 KiB or 1,000 fields; a message with more is not judged. The content is to come with its
/// line ends as CR LF and without dot-stuffing.
/// </remarks>
public sealed class MessageDigest(DigestPurpose purpose) : IDisposable
{
    /// <summary>The most DKIM signatures of a message that are looked at, from the top.</summary>
    public const int MaxSignatures = 8;

    private readonly HeaderBlock _block = new();
    private readonly BodyHashes _body = new();

    /// <summary>True once <see cref="Complete"/> was called.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True if the header is larger than is judged.</summary>
    internal bool IsTooLarge => _block.IsTooLarge;

    /// <summary>The header.</summary>
    internal HeaderIndex Header { get; private set; } = new([]);

    /// <summary>The DKIM signatures that are looked at, from the top.</summary>
    internal IReadOnlyList<Signature> Signatures { get; private set; } = [];

    /// <summary>The ARC sets.</summary>
    internal ArcChain Chain { get; private set; } = ArcChain.None;

    /// <summary>Looks at the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        if (!_block.Ended)
        {
            content = content[_block.Pass(content)..];
            if (_block.Ended)
                ReadHeader();
        }
        if (!content.IsEmpty)
            _body.Pass(content);
    }

    /// <summary>Says that the message has ended.</summary>
    public void Complete()
    {
        if (!_block.Ended)
        {
            _block.Complete();
            ReadHeader();
        }
        _body.Complete();
        IsComplete = true;
    }

    /// <summary>Puts fields in front that leave with the message and were not in what passed, so that signatures cover them.</summary>
    /// <param name="fields">Whole fields, each ending in CR LF; may be empty.</param>
    public void Prepend(ReadOnlySpan<byte> fields)
    {
        if (fields.IsEmpty)
            return;
        var front = new HeaderBlock();
        front.Pass(fields);
        front.Complete();
        Header = new HeaderIndex([.. front.Fields, .. _block.Fields]);
    }

    /// <summary>The body's hash in one of the forms that were asked for.</summary>
    internal BodyHash Body(Canonicalization form, long? limit) => _body.Of(form, limit);

    /// <inheritdoc/>
    public void Dispose() => _body.Dispose();

    private void ReadHeader()
    {
        Header = new HeaderIndex(_block.Fields);
        Chain = ArcChain.Read(Header);
        if (purpose.HasFlag(DigestPurpose.Sign))
            _body.Require(Canonicalization.Relaxed, null);
        if (!purpose.HasFlag(DigestPurpose.Verify))
            return;
        Signatures = [.. Header.Named("dkim-signature").Take(MaxSignatures).Select(field => Signature.Read(field, SignatureKind.Dkim))];
        foreach (var signature in Signatures.Append(Chain.Latest?.MessageSignature))
        {
            if (signature is { Fault: null })
                _body.Require(signature.BodyForm, signature.BodyLength);
        }
    }
}
