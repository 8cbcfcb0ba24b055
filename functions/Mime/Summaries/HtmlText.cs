// The words of an HTML text, for a preview and nothing else.
using System.Globalization;
using System.Text;

namespace MailFunctions.Mime.Summaries;

/// <summary>Leaves tags, comments, styles and scripts out, in one walk. What comes out is text: whoever shows it in HTML encodes it.</summary>
internal static class HtmlText
{
    private const int LongestEntity = 10;

    private static readonly string[] Silent = ["style", "script", "head", "title"];

    /// <summary>Reads the words.</summary>
    public static string Read(string html)
    {
        var text = new StringBuilder();
        var at = 0;
        while (at < html.Length)
        {
            var c = html[at];
            if (c == '<')
                at = SkipTag(html, at, text);
            else if (c == '&')
                at = ReadEntity(html, at, text);
            else
                text.Append(html[at++]);
        }
        return text.ToString();
    }

    private static int SkipTag(string html, int at, StringBuilder text)
    {
        if (html.AsSpan(at).StartsWith("<!--"))
            return After(html, "-->", at + 4);
        if (at + 1 >= html.Length || !(char.IsAsciiLetter(html[at + 1]) || html[at + 1] is '/' or '!' or '?'))
        {
            text.Append('<');
            return at + 1;
        }
        foreach (var name in Silent)
        {
            var rest = html.AsSpan(at + 1);
            if (rest.Length > name.Length && Ascii.EqualsIgnoreCase(rest[..name.Length], name) && !char.IsAsciiLetterOrDigit(rest[name.Length]))
                return AfterElement(html, name, at);
        }
        text.Append(' ');
        return AfterTag(html, at);
    }

    private static int AfterElement(string html, string name, int at)
    {
        var end = html.IndexOf($"</{name}", at, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html.Length : AfterTag(html, end);
    }

    private static int AfterTag(string html, int at) => After(html, ">", at);

    private static int After(string html, string what, int at)
    {
        var end = at >= html.Length ? -1 : html.IndexOf(what, at, StringComparison.Ordinal);
        return end < 0 ? html.Length : end + what.Length;
    }

    private static int ReadEntity(string html, int at, StringBuilder text)
    {
        var rest = html.AsSpan(at + 1);
        var length = rest[..Math.Min(rest.Length, LongestEntity)].IndexOf(';');
        if (length <= 0 || Character(rest[..length]) is not { } character)
        {
            text.Append('&');
            return at + 1;
        }
        text.Append(character);
        return at + length + 2;
    }

    private static string? Character(ReadOnlySpan<char> name)
    {
        if (name[0] != '#')
        {
            return name switch
            {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                "nbsp" or "zwnj" or "zwj" or "shy" => " ",
                "ndash" => "\u2013",
                "mdash" => "\u2014",
                "hellip" => "\u2026",
                "rsquo" => "\u2019",
                "lsquo" => "\u2018",
                "ldquo" => "\u201c",
                "rdquo" => "\u201d",
                "copy" => "\u00a9",
                "euro" => "\u20ac",
                _ => null,
            };
        }
        var isHex = name.Length > 1 && name[1] is 'x' or 'X';
        var isNumber = int.TryParse(name[(isHex ? 2 : 1)..], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && Rune.IsValid(number) ? new Rune(number).ToString() : null;
    }
}
