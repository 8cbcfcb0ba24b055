// A text under a reader.
namespace MailFunctions.Mime;

/// <summary>
/// A text that counts how often a character of it is looked at. A reader that goes over the same characters again and again is found by that count,
/// which is the same on every machine.
/// </summary>
internal sealed class WalkedText(string text)
{
    /// <summary>Characters looked at so far.</summary>
    public long Looks { get; private set; }

    /// <summary>The length of the text.</summary>
    public int Length => text.Length;

    /// <summary>A character.</summary>
    public char this[int index]
    {
        get
        {
            Looks++;
            return text[index];
        }
    }

    /// <summary>A piece of the text.</summary>
    public ReadOnlySpan<char> Slice(int start, int length)
    {
        Looks += length;
        return text.AsSpan(start, length);
    }

    /// <summary>True if the text goes on like this.</summary>
    public bool StartsWith(string what, int at) => Slice(at, Math.Min(what.Length, text.Length - at)).SequenceEqual(what);

    /// <summary>How far behind an index a character is found, within so many characters, or -1.</summary>
    public int IndexOf(char what, int from, int within)
    {
        var length = Math.Min(text.Length - from, within);
        var found = text.AsSpan(from, length).IndexOf(what);
        Looks += found < 0 ? length : found + 1;
        return found;
    }

    /// <summary>Where something is found from an index on, or -1.</summary>
    public int IndexOf(string what, int from)
    {
        if (from >= text.Length)
            return -1;
        var found = text.IndexOf(what, from, StringComparison.Ordinal);
        Looks += (found < 0 ? text.Length : found) - from;
        return found;
    }
}
