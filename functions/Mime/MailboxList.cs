// Reads who is named in a From or Sender field.
using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// The addresses of a mailbox-list (RFC 5322 3.4), for a decision about who wrote a message. What two readers could read differently is not read at all:
/// groups, source routes, empty places in the list and an @ in a display name without quotes are refused, though the obsolete grammar has them.
/// </summary>
public static class MailboxList
{
    private static readonly SearchValues<char> Specials = SearchValues.Create(" \t\"(),.:;<>@[]\\"); // RFC 5322 3.2.3, and what separates

    /// <summary>Reads a field's value, its line ends taken off.</summary>
    /// <returns>False if it is not such a list. A list has at least one address.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out IReadOnlyList<EmailAddress> addresses)
    {
        addresses = [];
        if (!Utf8.IsValid(value))
            return false;
        var reader = new Reader(Encoding.UTF8.GetString(value));
        var found = new List<EmailAddress>();
        do
        {
            if (!reader.TryReadMailbox(out var address))
                return false;
            found.Add(address);
        }
        while (reader.TryTake(','));
        addresses = found;
        return reader.IsAtEnd;
    }

    private ref struct Reader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool TryTake(char c)
        {
            if (_rest.IsEmpty || _rest[0] != c)
                return false;
            _rest = _rest[1..];
            return true;
        }

        // mailbox = [display-name] "<" addr-spec ">" / addr-spec. Which of the two it is shows behind the words that both begin with.
        public bool TryReadMailbox(out EmailAddress address)
        {
            address = default;
            if (!TryReadWords(out var words))
                return false;
            if (!TryTake('<'))
                return TryReadDomain(words, out address);
            return TryReadWords(out words) && TryReadDomain(words, out address) && TryTake('>') && TrySkipSpace();
        }

        // Words and dots up to something else. What they say is their text without spaces and comments; null if that cannot be a local part.
        private bool TryReadWords(out string? words)
        {
            words = null;
            var text = new StringBuilder();
            var isLocalPart = true;
            for (var afterWord = false; ;)
            {
                if (!TrySkipSpace())
                    return false;
                if (_rest.IsEmpty || (_rest[0] is not '.' and not '"' && Specials.Contains(_rest[0])))
                    break;
                if (TryTake('.'))
                {
                    text.Append('.');
                    afterWord = false;
                    continue;
                }
                var length = _rest[0] == '"' ? LengthOfQuoted() : LengthOfAtom();
                if (length == 0)
                    return false;
                isLocalPart &= !afterWord;
                afterWord = true;
                text.Append(_rest[..length]);
                _rest = _rest[length..];
            }
            words = isLocalPart ? text.ToString() : null;
            return true;
        }

        private bool TryReadDomain(string? localPart, out EmailAddress address)
        {
            address = default;
            if (localPart is null || !TryTake('@') || !TrySkipSpace())
                return false;
            if (!_rest.IsEmpty && _rest[0] == '[')
            {
                var end = _rest.IndexOf(']') + 1;
                var literal = _rest[..end];
                _rest = _rest[end..];
                return EmailAddress.TryParse($"{localPart}@{literal}", out address) && TrySkipSpace();
            }
            return TryReadWords(out var domain) && domain is not null && EmailAddress.TryParse($"{localPart}@{domain}", out address);
        }

        private readonly int LengthOfAtom()
        {
            var end = _rest.IndexOfAny(Specials);
            return end < 0 ? _rest.Length : end;
        }

        private readonly int LengthOfQuoted()
        {
            for (var i = 1; i < _rest.Length; i++)
            {
                if (_rest[i] == '\\')
                    i++;
                else if (_rest[i] == '"')
                    return i + 1;
            }
            return 0;
        }

        // Spaces and comments, which nest; false for a comment without end.
        private bool TrySkipSpace()
        {
            var depth = 0;
            for (var i = 0; i < _rest.Length; i++)
            {
                switch (_rest[i])
                {
                    case ' ' or '\t':
                        continue;
                    case '(':
                        depth++;
                        continue;
                    case ')' when depth > 0:
                        depth--;
                        continue;
                    case '\\' when depth > 0:
                        i++;
                        continue;
                }
                if (depth > 0)
                    continue;
                _rest = _rest[i..];
                return true;
            }
            _rest = default;
            return depth == 0;
        }
    }
}
