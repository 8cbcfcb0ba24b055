// From tokens to mailboxes and groups.
using MailFunctions.Mime.Parts;

namespace MailFunctions.Mime.Fields;

/// <summary>
/// One walk over an address list. What is gathered of an entry are the tokens before an angle bracket, or all of them, and those within the brackets.
/// </summary>
internal sealed class AddressReading(string text)
{
    private readonly AddressTokens _tokens = new(text);
    private readonly List<Address> _entries = [];
    private readonly List<Token> _outer = []; // a name, or an address
    private readonly List<Token> _inner = []; // an address within angle brackets
    private bool _hasAngle;
    private bool _hasAt; // before the brackets
    private string? _comment;
    private string? _groupName;
    private List<Address.Mailbox> _members = [];
    private int _count;
    private bool _tooMany;

    /// <summary>What was read.</summary>
    public IReadOnlyList<Address> Entries => _entries;

    /// <summary>How often a character was looked at.</summary>
    public long Looks => _tokens.Looks;

    /// <summary>What is wrong with it.</summary>
    public Defects Defects =>
        (_tokens.IsMalformed ? Defects.MalformedAddress : Defects.None) | (_tokens.IsObsolete ? Defects.ObsoleteAddress : Defects.None)
        | (_tooMany ? Defects.TooManyAddresses : Defects.None);

    /// <summary>Reads to the end of the list, or to the limit.</summary>
    public void ReadAll()
    {
        while (!_tooMany)
        {
            var token = _tokens.Next();
            if (token.Kind == TokenKind.End)
                break;
            if (token.Kind == TokenKind.Comment)
                _comment = token.Text;
            else if (token.Is(','))
                EndEntry(isEmptyAllowed: false);
            else if (token.Is(':') && _groupName is null && !_hasAngle && !_hasAt)
                BeginGroup();
            else if (token.Is(';'))
                EndGroup();
            else if (token.Is('<'))
                ReadAngle();
            else if (_hasAngle)
                _tokens.IsMalformed = true; // something behind the closing bracket
            else
                AddOuter(token);
        }
        EndEntry(isEmptyAllowed: true);
        if (_groupName is not null)
        {
            _tokens.IsMalformed = true;
            EndGroup();
        }
    }

    private void AddOuter(Token token)
    {
        _hasAt |= token.Is('@');
        _outer.Add(token);
    }

    private void ReadAngle()
    {
        _tokens.IsMalformed |= _hasAngle;
        _hasAngle = true;
        _inner.Clear();
        while (true)
        {
            var token = _tokens.Next();
            if (token.Kind == TokenKind.End)
            {
                _tokens.IsMalformed = true;
                return;
            }
            if (token.Is('>'))
                return;
            if (token.Kind == TokenKind.Comment)
                continue;
            if (token.Is(':') && _inner.Count > 0 && _inner[0].Is('@'))
            {
                _tokens.IsObsolete = true; // RFC 5322 4.4 obs-route, to be ignored
                _inner.Clear();
                continue;
            }
            _tokens.IsMalformed |= token.Is('<');
            _inner.Add(token);
        }
    }

    private void BeginGroup()
    {
        _tokens.IsMalformed |= _outer.Count == 0;
        _groupName = AddressParts.Phrase(_outer, _tokens);
        _members = [];
        _outer.Clear();
        _comment = null;
    }

    private void EndGroup()
    {
        EndEntry(isEmptyAllowed: true);
        if (_groupName is null)
        {
            _tokens.IsMalformed = true;
            return;
        }
        if (TryCount())
            _entries.Add(new Address.Group(_groupName, _members));
        _groupName = null;
    }

    private void EndEntry(bool isEmptyAllowed)
    {
        if (!_hasAngle && _outer.Count == 0)
        {
            if (!isEmptyAllowed)
                _tokens.IsObsolete = true; // RFC 5322 4.4: ",," in a list
            _comment = null;
            return;
        }
        if (TryCount())
        {
            var mailbox = Mailbox();
            if (_groupName is null)
                _entries.Add(mailbox);
            else
                _members.Add(mailbox);
        }
        _outer.Clear();
        _inner.Clear();
        _hasAngle = _hasAt = false;
        _comment = null;
    }

    private Address.Mailbox Mailbox()
    {
        if (!_hasAngle)
            return AddressParts.AddrSpec(_outer, _comment is null ? null : EncodedWord.DecodeAll(_comment.Trim()), _tokens);
        // RFC 822 programs put the name in a comment, some of them behind the brackets.
        var name = _outer.Count > 0 ? AddressParts.Phrase(_outer, _tokens) : _comment is null ? null : EncodedWord.DecodeAll(_comment.Trim());
        return AddressParts.AddrSpec(_inner, name, _tokens);
    }

    private bool TryCount()
    {
        if (_count == MimeLimits.Addresses)
            _tooMany = true;
        else
            _count++;
        return !_tooMany;
    }
}
