// Makes one text of all spellings of a password that people mean the same by.
using System.Text;

namespace MailFunctions.Mail;

/// <summary>
/// SASLprep (RFC 4013), which RFC 5802 and RFC 6856 want passwords prepared by: other spaces become a space, what cannot be seen goes, compatible forms and
/// accents become one (NFKC, of Unicode 3.2 as RFC 3454 fixes it). Printable ASCII is its own preparation. Names of accounts are ASCII and are not prepared:
/// that a Kelvin sign should log in as a k is nothing we want.
/// </summary>
public static class SaslPrep
{
    private static readonly Lazy<SaslPrepTables> Tables = new(SaslPrepTables.ReadEmbedded);

    /// <summary>Prepares a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isStored">True for a password that is set: it must be of characters that Unicode 3.2 knows, so that all clients prepare it alike.</param>
    /// <param name="prepared">The prepared text; it may be empty.</param>
    /// <returns>False if it has a character that no password may have, or mixes directions (RFC 3454 6).</returns>
    public static bool TryPrepare(string text, bool isStored, out string prepared)
    {
        prepared = text;
        if (Ascii.IsValid(text))
            return !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
        if (!TryMap(text, out var mapped))
            return false;
        var runes = Normalization.Compose(Normalization.Decompose(mapped, Tables.Value), Tables.Value);
        prepared = string.Concat(runes.Select(rune => new Rune(rune).ToString()));
        return !runes.Exists(Tables.Value.Prohibited.Contains) && !(isStored && runes.Exists(Tables.Value.Unassigned.Contains)) && IsOfOneDirection(runes);
    }

    // RFC 4013 2.1. False for half a pair of surrogates.
    private static bool TryMap(string text, out List<int> mapped)
    {
        mapped = new List<int>(text.Length);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[length..];
            if (!Tables.Value.Nothing.Contains(rune.Value))
                mapped.Add(Tables.Value.Spaces.Contains(rune.Value) ? ' ' : rune.Value);
        }
        return true;
    }

    // RFC 3454 6: where anything runs from right to left, nothing runs from left to right, and the ends run as the whole does.
    private static bool IsOfOneDirection(List<int> runes)
    {
        var right = Tables.Value.RightToLeft;
        return !runes.Exists(right.Contains)
            || (!runes.Exists(Tables.Value.LeftToRight.Contains) && right.Contains(runes[0]) && right.Contains(runes[^1]));
    }
}
