// Walks over the value of a structured field with parameters.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>Reads tokens, quoted strings and parameters (RFC 2045 5.1) of an unfolded value, and skips comments.</summary>
internal sealed class FieldScanner(string text)
{
    private readonly WalkedText _text = new(text);
    private int _at;

    /// <summary>True once something was met that the grammar does not have.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>How often a character was looked at.</summary>
    public long Looks => _text.Looks;

    /// <summary>Reads the part before the parameters, spaces and comments left out.</summary>
    public string ReadType()
    {
        var type = new StringBuilder();
        var (wordAt, lengthBefore) = (_at, 0);
        while (_at < _text.Length && _text[_at] != ';')
        {
            if (_text[_at] == '(')
            {
                SkipComment();
            }
            else if (_text[_at] is ' ' or '\t')
            {
                _at++;
                (wordAt, lengthBefore) = (_at, type.Length);
            }
            else if (_text[_at] == '=')
            {
                // "text/plain charset=x": the semicolon was forgotten, and the last word belongs to what follows.
                IsMalformed = true;
                _at = wordAt;
                return type.ToString(0, lengthBefore);
            }
            else
            {
                type.Append(_text[_at++]);
            }
        }
        return type.ToString();
    }

    /// <summary>Reads the next parameter. One without a name or an equals sign is passed over.</summary>
    public bool TryReadParameter(out string name, out string value, out bool isQuoted)
    {
        value = "";
        isQuoted = false;
        while (true)
        {
            name = ReadName();
            if (_at >= _text.Length)
            {
                IsMalformed |= name.Length > 0;
                return false;
            }
            if (_text[_at] == ';')
            {
                IsMalformed |= name.Length > 0;
                _at++;
                continue;
            }
            _at++; // the equals sign
            value = ReadValue(out isQuoted);
            if (name.Length > 0)
                return true;
            IsMalformed = true;
        }
    }

    private string ReadName()
    {
        var name = new StringBuilder();
        while (_at < _text.Length && _text[_at] is not (';' or '='))
        {
            if (_text[_at] == '(')
            {
                SkipComment();
                continue;
            }
            if (_text[_at] is ' ' or '\t')
            {
                // "a b=c": what stands before the name belongs to nothing.
                SkipSpace();
                if (name.Length > 0 && _at < _text.Length && _text[_at] is not (';' or '=' or '('))
                {
                    IsMalformed = true;
                    name.Clear();
                }
                continue;
            }
            name.Append(_text[_at++]);
        }
        return name.ToString();
    }

    private string ReadValue(out bool isQuoted)
    {
        SkipSpaceAndComments();
        isQuoted = _at < _text.Length && _text[_at] == '"';
        if (!isQuoted)
            return ReadUnquoted();
        var value = ReadQuoted();
        SkipSpaceAndComments();
        return value;
    }

    // Up to the semicolon, since names of files with spaces in them are met unquoted; a comment behind a space ends it.
    private string ReadUnquoted()
    {
        var start = _at;
        var end = -1;
        while (_at < _text.Length && _text[_at] != ';')
        {
            if (_text[_at] == '(' && (_at == start || _text[_at - 1] is ' ' or '\t'))
            {
                end = end < 0 ? _at : end;
                SkipComment();
                continue;
            }
            if (_text[_at] is ' ' or '\t')
            {
                SkipSpace();
                if (LooksLikeParameter())
                    break;
                continue;
            }
            _at++;
        }
        var value = _text.Slice(start, (end < 0 ? _at : end) - start).Trim(" \t");
        IsMalformed |= value.ContainsAny(" \t\"");
        return new string(value);
    }

    // "a=b c=d": a semicolon was forgotten.
    private bool LooksLikeParameter()
    {
        var i = _at;
        while (i < _text.Length && i - _at < 40 && (char.IsAsciiLetterOrDigit(_text[i]) || _text[i] is '-' or '*'))
            i++;
        return i > _at && i < _text.Length && _text[i] == '=';
    }

    private string ReadQuoted()
    {
        var value = new StringBuilder();
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == '"')
                return value.ToString();
            if (c == '\\' && _at < _text.Length)
                c = EscapedAt(_text[_at]) ? _text[_at++] : c;
            value.Append(c);
        }
        IsMalformed = true; // no closing quote
        return value.ToString();
    }

    // "C:\temp\x.doc": a backslash that stands for nothing stays.
    private static bool EscapedAt(char c) => c is '"' or '\\';

    private void SkipSpaceAndComments()
    {
        SkipSpace();
        while (_at < _text.Length && _text[_at] == '(')
        {
            SkipComment();
            SkipSpace();
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
            _at++;
    }

    private void SkipComment()
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == '\\')
                _at = Math.Min(_text.Length, _at + 1);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0)
                return;
        }
        IsMalformed = true;
    }
}
