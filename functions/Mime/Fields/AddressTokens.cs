// Cuts an address list into its tokens.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>The kinds of tokens in an address list.</summary>
internal enum TokenKind
{
    /// <summary>The end of the list.</summary>
    End,

    /// <summary>Characters that need no quotes, or an encoded word.</summary>
    Atom,

    /// <summary>What stood in quotes, without them.</summary>
    Quoted,

    /// <summary>A domain literal with its brackets.</summary>
    Literal,

    /// <summary>A comment, without its parentheses.</summary>
    Comment,

    /// <summary>One of <c>. @ , : ; &lt; &gt;</c>, or a character that belongs to nothing.</summary>
    Special,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="AfterSpace">True if space stood before it.</param>
internal readonly record struct Token(TokenKind Kind, string Text, bool AfterSpace)
{
    /// <summary>True for one special character.</summary>
    public bool Is(char special) => Kind == TokenKind.Special && Text[0] == special;

    /// <summary>True for an atom or a quoted string (RFC 5322 3.2.5).</summary>
    public bool IsWord => Kind is TokenKind.Atom or TokenKind.Quoted;
}

/// <summary>Reads the tokens of RFC 5322 3.2 and 4.1, of a value that may still be folded.</summary>
internal sealed class AddressTokens(string text)
{
    private readonly WalkedText _text = new(text);
    private readonly EncodedWordReading _words = new(text);
    private int _at;

    /// <summary>How often a character was looked at.</summary>
    public long Looks => _text.Looks + _words.Looks;

    /// <summary>True once something was met that no grammar has, the obsolete one included.</summary>
    public bool IsMalformed { get; set; }

    /// <summary>True once something was met that only the obsolete grammar has.</summary>
    public bool IsObsolete { get; set; }

    /// <summary>RFC 5322 3.2.3 atext, and everything above ASCII (RFC 6532 3.2).</summary>
    public static bool IsAtomCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c) || (c >= 0x80 && !HeaderText.IsControl(c));

    /// <summary>Reads the next token.</summary>
    public Token Next()
    {
        var afterSpace = SkipSpace();
        if (_at >= _text.Length)
            return new Token(TokenKind.End, "", afterSpace);
        var c = _text[_at];
        if (_words.LengthAt(_at) is > 0 and var length)
            return new Token(TokenKind.Atom, Take(length), afterSpace);
        if (IsAtomCharacter(c))
            return new Token(TokenKind.Atom, Take(LengthOfAtom()), afterSpace);
        switch (c)
        {
            case '"':
                return new Token(TokenKind.Quoted, ReadQuoted(), afterSpace);
            case '(':
                return new Token(TokenKind.Comment, ReadComment(), afterSpace);
            case '[':
                return new Token(TokenKind.Literal, ReadLiteral(), afterSpace);
            case '.' or '@' or ',' or ':' or ';' or '<' or '>':
                break;
            default:
                IsMalformed = true;
                break;
        }
        return new Token(TokenKind.Special, Take(1), afterSpace);
    }

    private string Take(int length)
    {
        _at += length;
        return new string(_text.Slice(_at - length, length));
    }

    private int LengthOfAtom()
    {
        var end = _at;
        while (end < _text.Length && IsAtomCharacter(_text[end]))
            end++;
        return end - _at;
    }

    // RFC 5322 3.2.2, 4.2: a line break is space if a space follows it.
    private bool SkipSpace()
    {
        var start = _at;
        var folds = 0;
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n')
        {
            if (_text[_at] is '\r' or '\n')
            {
                var isFold = _text.StartsWith("\r\n ", _at) || _text.StartsWith("\r\n\t", _at);
                IsMalformed |= !isFold;
                IsObsolete |= ++folds > 1;
                _at += isFold ? 2 : 0;
            }
            _at++;
        }
        return _at > start;
    }

    private string ReadQuoted()
    {
        var quoted = new StringBuilder();
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == '"')
                return quoted.ToString();
            c = ReadEscaped(c);
            if (c != '\0')
                quoted.Append(c);
        }
        IsMalformed = true;
        return quoted.ToString();
    }

    // RFC 5322 3.2.2: comments nest. They are counted, not entered.
    private string ReadComment()
    {
        var comment = new StringBuilder();
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0)
                return comment.ToString();
            if (depth == 1 && comment.Length == 0 && c == '(')
                continue;
            c = ReadEscaped(c);
            if (c != '\0')
                comment.Append(c);
        }
        IsMalformed = true;
        return comment.ToString();
    }

    private string ReadLiteral()
    {
        var literal = new StringBuilder("[");
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == ']')
                return literal.Append(']').ToString();
            IsMalformed |= c == '[';
            IsObsolete |= c == '\\';
            c = ReadEscaped(c);
            if (c != '\0')
                literal.Append(c);
        }
        IsMalformed = true;
        return literal.Append(']').ToString();
    }

    // The character that was read, or the one behind it if it is a backslash; NUL for what is not kept.
    private char ReadEscaped(char c)
    {
        if (c == '\\' && _at < _text.Length)
        {
            c = _text[_at++];
            IsMalformed |= c >= 0x80; // RFC 6532 3.1 has them, but not behind a backslash
            IsObsolete |= c is < ' ' and not '\t' or '\x7f'; // RFC 5322 4.1 obs-qp
            return c;
        }
        if (c == '\\')
        {
            IsMalformed = true;
            return c;
        }
        if (c is '\r' or '\n')
        {
            var isFold = c == '\r' && _at + 1 < _text.Length && _text[_at] == '\n' && _text[_at + 1] is ' ' or '\t';
            IsMalformed |= !isFold;
            _at += isFold ? 1 : 0;
            return '\0';
        }
        IsObsolete |= c is (< ' ' and not '\t') or '\x7f'; // RFC 5322 4.1 obs-qtext
        IsMalformed |= c == '\0';
        return c;
    }
}
