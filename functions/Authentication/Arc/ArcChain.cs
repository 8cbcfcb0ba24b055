// Puts the ARC fields of a header together.
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Authentication.Arc;

/// <summary>The ARC sets of a message, from the first on; or why they are no chain.</summary>
internal sealed class ArcChain
{
    /// <summary>The most sets of a chain (RFC 8617 4.2.1).</summary>
    public const int MaxSets = 50;

    private const string ResultsName = "arc-authentication-results";
    private const string MessageSignatureName = "arc-message-signature";
    private const string SealName = "arc-seal";

    private ArcChain(IReadOnlyList<ArcSet> sets, string? fault) => (Sets, Fault) = (sets, fault);

    /// <summary>No set at all.</summary>
    public static ArcChain None { get; } = new([], null);

    /// <summary>The sets; empty if there are none, or there is a <see cref="Fault"/>.</summary>
    public IReadOnlyList<ArcSet> Sets { get; }

    /// <summary>Why it is no chain.</summary>
    public string? Fault { get; }

    /// <summary>The last set.</summary>
    public ArcSet? Latest => Sets.Count > 0 ? Sets[^1] : null;

    /// <summary>Reads the fields (RFC 8617 5.2, steps 1 to 3, as far as no key is needed).</summary>
    public static ArcChain Read(HeaderIndex header)
    {
        var results = header.Named(ResultsName);
        var messageSignatures = header.Named(MessageSignatureName);
        var seals = header.Named(SealName);
        var count = seals.Count;
        if (count == 0 && results.Count == 0 && messageSignatures.Count == 0)
            return None;
        if (results.Count != count || messageSignatures.Count != count)
            return Broken("the sets are not complete");
        if (count > MaxSets)
            return Broken("there are too many sets");
        var resultsOf = new RawField?[count];
        var messageSignatureOf = new Signature?[count];
        var sealOf = new Signature?[count];
        for (var i = 0; i < count; i++)
        {
            var messageSignature = Signature.Read(messageSignatures[i], SignatureKind.ArcMessage);
            var seal = Signature.Read(seals[i], SignatureKind.ArcSeal);
            // As many as there are, numbered from 1, each once: then there is no gap.
            if (!ArcSet.TryInstance(results[i], out var number) || !TryPlace(resultsOf, number, results[i])
                || !ArcSet.TryInstance(messageSignature, out number) || !TryPlace(messageSignatureOf, number, messageSignature)
                || !ArcSet.TryInstance(seal, out number) || !TryPlace(sealOf, number, seal))
                return Broken("the numbers of the sets are not right");
        }
        return Check([.. Enumerable.Range(0, count).Select(i => new ArcSet(resultsOf[i]!, messageSignatureOf[i]!, sealOf[i]!))]);
    }

    private static ArcChain Broken(string fault) => new([], fault);

    private static bool TryPlace<T>(T?[] places, int number, T item)
        where T : class
    {
        if (number > places.Length || places[number - 1] is not null)
            return false;
        places[number - 1] = item;
        return true;
    }

    private static ArcChain Check(ArcSet[] sets)
    {
        for (var i = 0; i < sets.Length; i++)
        {
            if (sets[i].Seal.Tags!.Has("h")) // RFC 8617 4.1.3
                return Broken("a seal has h=");
            // What a sealer found broken stays broken, whoever sealed it again (RFC 8617 5.1.2, 5.2): only the last may say so.
            var expected = i == 0 ? "none" : "pass";
            if (sets[i].ChainValidation != expected && !(i == sets.Length - 1 && sets[i].ChainValidation == "fail"))
                return Broken("cv= is not as it must be");
        }
        return new ArcChain(sets, null);
    }
}
