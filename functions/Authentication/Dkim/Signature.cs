// A signature as it stands in a header.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dkim;

/// <summary>The tags of a signature's field, and what is wrong with them.</summary>
internal sealed class Signature
{
    private const string NoTag = "";

    private Signature(RawField field) => Field = field;

    /// <summary>The field.</summary>
    public RawField Field { get; }

    /// <summary>What is wrong, null if nothing is. Then all other members but <see cref="Domain"/> and <see cref="Selector"/> say nothing.</summary>
    public SignatureOutcome? Fault { get; private set; }

    /// <summary>All tags.</summary>
    public TagList? Tags { get; private set; }

    /// <summary>Who signed (d=); null if it is no domain.</summary>
    public DomainName? Domain { get; private set; }

    /// <summary>Which key (s=); null if it is no selector.</summary>
    public string? Selector { get; private set; }

    /// <summary>The domain on whose behalf was signed (i=): <see cref="Domain"/>, or one below it.</summary>
    public DomainName? Identity { get; private set; }

    /// <summary>With what (a=).</summary>
    public SigningAlgorithm Algorithm { get; private set; }

    /// <summary>The signature itself (b=).</summary>
    public byte[] Value { get; private set; } = [];

    /// <summary>The hash of the body (bh=).</summary>
    public byte[] BodyHash { get; private set; } = [];

    /// <summary>The form of the header fields (c=).</summary>
    public Canonicalization HeaderForm { get; private set; }

    /// <summary>The form of the body (c=).</summary>
    public Canonicalization BodyForm { get; private set; }

    /// <summary>The names of the signed fields in lower case (h=).</summary>
    public IReadOnlyList<string> Signed { get; private set; } = [];

    /// <summary>How many octets of the body are signed, null for all (l=).</summary>
    public long? BodyLength { get; private set; }

    /// <summary>When it was signed, in seconds since 1970 (t=).</summary>
    public long? SignedAt { get; private set; }

    /// <summary>From when on it is not valid any more (x=).</summary>
    public long? ExpiresAt { get; private set; }

    /// <summary>The field as it was when it was signed.</summary>
    public RawField Unsigned => Field.Without(Tags!.Place("b")!.Value);

    /// <summary>The name at which the key is published (RFC 6376 3.6.2.1).</summary>
    public string KeyName => $"{Selector}._domainkey.{Domain}";

    /// <summary>Reads a field.</summary>
    public static Signature Read(RawField field, SignatureKind kind)
    {
        var signature = new Signature(field);
        if (!TagList.TryParse(field.Value, out var tags))
        {
            signature.Fault = SignatureOutcome.PermError("the signature is no list of tags");
            return signature;
        }
        signature.Tags = tags;
        signature.Fault = signature.ReadSigner(tags) ?? signature.ReadMethod(tags, kind) ?? signature.ReadValues(tags, kind) ?? signature.ReadTimes(tags);
        if (signature.Fault is null && kind != SignatureKind.ArcSeal)
            signature.Fault = signature.ReadCover(tags, kind);
        return signature;
    }

    private SignatureOutcome? ReadSigner(TagList tags)
    {
        if (tags.TryDomain("d", out var domain))
            Domain = domain;
        // RFC 6376 3.1: a selector is labels as a domain has them.
        if (tags.TryDomain("s", out var selector))
            Selector = selector.Text;
        return Domain is null ? SignatureOutcome.PermError("d= is no domain") : Selector is null ? SignatureOutcome.PermError("s= is no selector") : null;
    }

    private SignatureOutcome? ReadMethod(TagList tags, SignatureKind kind)
    {
        // Signers older than RFC 4871 have no v=, and dns in q=; what they sign is the same.
        if (kind == SignatureKind.Dkim && tags.Has("v") && tags.Text("v") != "1")
            return SignatureOutcome.PermError("v= is not 1");
        switch (tags.Text("a"))
        {
            case "rsa-sha256":
                Algorithm = SigningAlgorithm.Rsa;
                break;
            case "ed25519-sha256":
                Algorithm = SigningAlgorithm.Ed25519;
                break;
            case "rsa-sha1":
                return new SignatureOutcome(DkimVerdict.Policy, "rsa-sha1 is not accepted"); // RFC 8301 3.1
            case null or NoTag:
                return SignatureOutcome.PermError("a= is missing");
            default:
                return new SignatureOutcome(DkimVerdict.Neutral, "the algorithm is not known");
        }
        if (tags.Has("q") && !tags.Items("q").Any(query => query is "dns/txt" or "dns"))
            return new SignatureOutcome(DkimVerdict.Neutral, "the way to the key is not known");
        // What ARC's own test suite has for want of c=; RFC 8617 4.1.2 leaves it open.
        return ReadForms(tags.Text("c") ?? (kind == SignatureKind.ArcMessage ? "relaxed/relaxed" : null)) ? null : new SignatureOutcome(DkimVerdict.Neutral, "the canonicalization is not known");
    }

    // RFC 6376 3.5: simple is the default of both, and of the body where only the header's is said.
    private bool ReadForms(string? forms)
    {
        (bool isKnown, HeaderForm, BodyForm) = forms switch
        {
            null or "simple" or "simple/simple" => (true, Canonicalization.Simple, Canonicalization.Simple),
            "simple/relaxed" => (true, Canonicalization.Simple, Canonicalization.Relaxed),
            "relaxed" or "relaxed/simple" => (true, Canonicalization.Relaxed, Canonicalization.Simple),
            "relaxed/relaxed" => (true, Canonicalization.Relaxed, Canonicalization.Relaxed),
            _ => (false, Canonicalization.Simple, Canonicalization.Simple),
        };
        return isKnown;
    }

    private SignatureOutcome? ReadValues(TagList tags, SignatureKind kind)
    {
        if (tags.Base64("b") is not { } value)
            return SignatureOutcome.PermError("b= is no base64");
        Value = value;
        if (kind == SignatureKind.ArcSeal)
            return null;
        if (tags.Base64("bh") is not { Length: 32 } hash)
            return SignatureOutcome.PermError("bh= is no hash");
        BodyHash = hash;
        if (!tags.TryNumber("l", out var length))
            return SignatureOutcome.PermError("l= is no length");
        BodyLength = length;
        return null;
    }

    private SignatureOutcome? ReadTimes(TagList tags)
    {
        if (!tags.TryNumber("t", out var signedAt) || !tags.TryNumber("x", out var expiresAt))
            return SignatureOutcome.PermError("t= or x= is no time");
        (SignedAt, ExpiresAt) = (signedAt, expiresAt);
        return expiresAt <= signedAt ? SignatureOutcome.PermError("x= is not after t=") : null; // RFC 6376 3.5
    }

    private SignatureOutcome? ReadCover(TagList tags, SignatureKind kind)
    {
        if (!tags.Has("h"))
            return SignatureOutcome.PermError("h= is missing");
        var signed = tags.Items("h").Select(name => name.ToLowerInvariant()).ToArray();
        Signed = signed;
        if (kind == SignatureKind.ArcMessage)
            return signed.Contains("arc-seal", StringComparer.Ordinal) ? SignatureOutcome.PermError("h= has the seal in it") : null; // RFC 8617 4.1.2
        if (!signed.Contains("from", StringComparer.Ordinal))
            return SignatureOutcome.PermError("h= is without From"); // RFC 6376 5.4
        Identity = Domain;
        if (tags.Text("i") is not { } identity)
            return null;
        if (!DomainName.TryParse(identity.AsSpan(identity.LastIndexOf('@') + 1), out var domain) || domain.IsLiteral || !identity.Contains('@', StringComparison.Ordinal))
            return SignatureOutcome.PermError("i= is no identity");
        Identity = domain;
        return IsAtOrBelow(domain.Text, Domain!.Value.Text) ? null : SignatureOutcome.PermError("i= is not under d="); // RFC 6376 3.5
    }

    private static bool IsAtOrBelow(string domain, string above) =>
        domain.EndsWith(above, StringComparison.Ordinal) && (domain.Length == above.Length || domain[^(above.Length + 1)] == '.');
}
