// One macro of a record: a value, which parts of it in which order, and how they are written.
using System.Buffers;
using System.Text;

namespace MailFunctions.Authentication.Spf;

/// <summary><c>%{ir}</c>, <c>%{l1r-}</c>, <c>%{D2}</c> (RFC 7208 7.1).</summary>
/// <param name="Letter">Which value, in lower case.</param>
/// <param name="IsEscaped">True for a capital letter: the value is written as in a URL (7.3).</param>
/// <param name="Parts">How many parts from the right; all if there are fewer.</param>
/// <param name="IsReversed">True if the parts change their order, before any is dropped.</param>
/// <param name="Delimiters">What parts the value; the parts are always joined by dots.</param>
internal sealed record Macro(char Letter, bool IsEscaped, int Parts, bool IsReversed, string Delimiters)
{
    private const string Letters = "slodiphcrtv";
    private const string OnlyInExplanations = "crt";

    private static readonly SearchValues<char> AllDelimiters = SearchValues.Create(".-+,/_=");

    /// <summary>Reads what stands between the braces.</summary>
    /// <returns>False if it is no macro, or one that is allowed in explanations only and this is none (RFC 7208 7.2).</returns>
    public static bool TryParse(ReadOnlySpan<char> text, TextKind kind, out Macro macro)
    {
        macro = default!;
        if (text.IsEmpty)
            return false;
        var letter = char.ToLowerInvariant(text[0]);
        if (!char.IsAsciiLetter(text[0]) || !Letters.Contains(letter) || (kind != TextKind.Explanation && OnlyInExplanations.Contains(letter)))
            return false;
        var isEscaped = char.IsAsciiLetterUpper(text[0]);
        text = text[1..];
        var hasParts = false;
        var parts = 0;
        for (; !text.IsEmpty && char.IsAsciiDigit(text[0]); text = text[1..])
        {
            hasParts = true;
            // No value has more parts than this, so that more is as good as all.
            parts = Math.Min(parts * 10 + text[0] - '0', 10_000);
        }
        if (hasParts && parts == 0)
            return false;
        var isReversed = !text.IsEmpty && text[0] is 'r' or 'R';
        if (isReversed)
            text = text[1..];
        if (text.ContainsAnyExcept(AllDelimiters))
            return false;
        macro = new Macro(letter, isEscaped, hasParts ? parts : int.MaxValue, isReversed, text.IsEmpty ? "." : new string(text));
        return true;
    }

    /// <summary>Writes a value as this macro wants it.</summary>
    public string Expand(string value)
    {
        if (Parts != int.MaxValue || IsReversed || Delimiters != ".")
            value = Transform(value);
        // RFC 7208 7.3: unreserved characters of RFC 3986, which are exactly those that are left as they are.
        return IsEscaped ? Uri.EscapeDataString(value) : value;
    }

    private string Transform(string value)
    {
        var parts = new List<Range>();
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && !Delimiters.Contains(value[i]))
                continue;
            parts.Add(start..i);
            start = i + 1;
        }
        if (IsReversed)
            parts.Reverse();
        var text = new StringBuilder(value.Length);
        foreach (var part in parts.TakeLast(Parts))
            text.Append(text.Length == 0 ? "" : ".").Append(value.AsSpan(part));
        return text.ToString();
    }
}
