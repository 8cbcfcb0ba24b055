// Text with macros in it, checked once and expanded as often as needed.
using System.Text;

namespace MailFunctions.Authentication.Spf;

/// <summary>A macro-string, domain-spec or explain-string (RFC 7208 7.1).</summary>
internal sealed class MacroText
{
    // A string is literal text.
    private readonly List<object> _parts = [];

    private MacroText()
    {
    }

    /// <summary>True if the client's name is needed for it, which costs questions.</summary>
    public bool UsesName { get; private set; }

    /// <summary>Reads a text; characters are octets of a record, so that any other than ASCII is an error here.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, TextKind kind, out MacroText read)
    {
        read = new MacroText();
        var literal = new StringBuilder();
        var endsInMacro = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (text[i] is (<= ' ' or > '~') && !(text[i] == ' ' && kind == TextKind.Explanation))
                    return false;
                literal.Append(text[i]);
                endsInMacro = false;
                continue;
            }
            endsInMacro = true;
            if (++i == text.Length)
                return false;
            if (text[i] == '{')
            {
                var length = text[i..].IndexOf('}');
                if (length < 0 || !Macro.TryParse(text.Slice(i + 1, length - 1), kind, out var macro))
                    return false;
                read.End(literal);
                read.Add(macro);
                i += length;
            }
            else if (Escaped(text[i]) is { } escaped)
            {
                literal.Append(escaped);
            }
            else
            {
                return false;
            }
        }
        read.End(literal);
        // RFC 7208 7.1: domain-end = ( "." toplabel [ "." ] ) / macro-expand. Checked in the text and not in what becomes of it.
        return kind != TextKind.Domain || endsInMacro || EndsInTopLabel(text);
    }

    /// <summary>Expands a domain-spec to its last octets: <paramref name="atMost"/> of them and no more than one part beyond.</summary>
    public string ExpandEnd(Func<Macro, string> value, int atMost)
    {
        var pieces = new Stack<string>();
        var length = 0;
        for (var i = _parts.Count - 1; i >= 0 && length <= atMost; i--)
        {
            pieces.Push(Expand(_parts[i], value));
            length += pieces.Peek().Length;
        }
        return string.Concat(pieces);
    }

    /// <summary>Expands a text to its first octets: <paramref name="atMost"/> of them and no more than one part beyond.</summary>
    public string ExpandStart(Func<Macro, string> value, int atMost)
    {
        var text = new StringBuilder();
        for (var i = 0; i < _parts.Count && text.Length <= atMost; i++)
            text.Append(Expand(_parts[i], value));
        return text.ToString();
    }

    private static string Expand(object part, Func<Macro, string> value) => part is Macro macro ? macro.Expand(value(macro)) : (string)part;

    private static string? Escaped(char c) => c switch
    {
        '%' => "%",
        '_' => " ",
        '-' => "%20",
        _ => null,
    };

    private static bool EndsInTopLabel(ReadOnlySpan<char> text)
    {
        if (text.EndsWith("."))
            text = text[..^1];
        var dot = text.LastIndexOf('.');
        var label = text[(dot + 1)..];
        if (dot < 0 || label.IsEmpty || label[0] == '-' || label[^1] == '-')
            return false;
        // A top label has a letter or an inner hyphen: an address is none.
        var isNumber = true;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
            isNumber &= char.IsAsciiDigit(c);
        }
        return !isNumber;
    }

    private void Add(Macro macro)
    {
        UsesName |= macro.Letter == 'p';
        _parts.Add(macro);
    }

    private void End(StringBuilder literal)
    {
        if (literal.Length > 0)
            _parts.Add(literal.ToString());
        literal.Clear();
    }
}
