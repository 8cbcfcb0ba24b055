// The three fields that one handler of a message added.
using System.Globalization;
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Authentication.Arc;

/// <summary>An ARC set (RFC 8617 4.2), complete.</summary>
/// <param name="Results">ARC-Authentication-Results.</param>
/// <param name="MessageSignature">ARC-Message-Signature.</param>
/// <param name="Seal">ARC-Seal.</param>
internal sealed record ArcSet(RawField Results, Signature MessageSignature, Signature Seal)
{
    /// <summary>What the sealer found of the sets before its own (cv=).</summary>
    public string? ChainValidation => Seal.Tags?.Text("cv");

    /// <summary>Reads the number of a signature or a seal.</summary>
    public static bool TryInstance(Signature signature, out int instance)
    {
        instance = 0;
        return signature.Tags?.Text("i") is { } text && TryInstance(text, out instance);
    }

    /// <summary>Reads the number of an ARC-Authentication-Results, which stands at its beginning and ends in a semicolon (RFC 8617 4.1.1).</summary>
    public static bool TryInstance(RawField results, out int instance)
    {
        instance = 0;
        var value = results.Value.Span;
        var end = value.IndexOf((byte)';');
        return end >= 0 && TagList.TryParse(results.Value[..end], out var tags) && tags.Text("i") is { } text && TryInstance(text, out instance);
    }

    // RFC 8617 4.2.1: from 1 to 50, and no zeros in front.
    private static bool TryInstance(string text, out int instance) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out instance)
        && instance is >= 1 and <= ArcChain.MaxSets && text.Length == (instance < 10 ? 1 : 2);
}
