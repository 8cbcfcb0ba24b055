// The normalization form NFKC, which the runtime does not have where it runs without a culture.
namespace MailFunctions.Mail;

/// <summary>Compatibility decomposition and composition (UAX 15) by the tables of <see cref="SaslPrepTables"/>.</summary>
internal static class Normalization
{
    // Hangul syllables follow a rule (The Unicode Standard 3.12).
    private const int FirstSyllable = 0xAC00;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int FirstTail = 0x11A7; // one before the first: no tail
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    /// <summary>Takes apart what is made of parts, and puts the marks on each character in their order.</summary>
    public static List<int> Decompose(List<int> runes, SaslPrepTables tables)
    {
        var parts = new List<int>(runes.Count);
        foreach (var rune in runes)
        {
            if (rune - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable)
                AddSyllable(parts, syllable);
            else if (tables.Decompositions.TryGetValue(rune, out var decomposition))
                parts.AddRange(decomposition);
            else
                parts.Add(rune);
        }
        Order(parts, tables);
        return parts;
    }

    /// <summary>Puts together what was taken apart, as far as there is a character for it.</summary>
    public static List<int> Compose(List<int> parts, SaslPrepTables tables)
    {
        var composed = new List<int>(parts.Count);
        var starter = -1; // where the last character is that marks may melt into
        var last = 0;     // the class of what was kept last behind it
        foreach (var part in parts)
        {
            var combining = tables.ClassOf(part);
            var isNext = starter == composed.Count - 1;
            if (starter >= 0 && (isNext || last < combining) && Pair(composed[starter], part, tables) is { } pair)
            {
                composed[starter] = pair;
                continue;
            }
            composed.Add(part);
            last = combining;
            if (combining == 0)
                starter = composed.Count - 1;
        }
        return composed;
    }

    private static void AddSyllable(List<int> parts, int syllable)
    {
        parts.Add(FirstLead + (syllable / (Vowels * Tails)));
        parts.Add(FirstVowel + (syllable % (Vowels * Tails) / Tails));
        if (syllable % Tails is > 0 and var tail)
            parts.Add(FirstTail + tail);
    }

    // Marks of one class keep their order.
    private static void Order(List<int> parts, SaslPrepTables tables)
    {
        for (var i = 1; i < parts.Count; i++)
        {
            var (part, combining) = (parts[i], tables.ClassOf(parts[i]));
            if (combining == 0)
                continue;
            var at = i;
            for (; at > 0 && tables.ClassOf(parts[at - 1]) > combining; at--)
                parts[at] = parts[at - 1];
            parts[at] = part;
        }
    }

    private static int? Pair(int first, int second, SaslPrepTables tables)
    {
        if (first - FirstLead is >= 0 and < Leads and var lead && second - FirstVowel is >= 0 and < Vowels and var vowel)
            return FirstSyllable + (((lead * Vowels) + vowel) * Tails);
        if (first - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0
            && second - FirstTail is > 0 and < Tails and var tail)
            return first + tail;
        return tables.Compositions.TryGetValue((first, second), out var pair) ? pair : null;
    }
}
