// Display names and addresses out of their tokens.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>Puts tokens together, and tells the reader of the list where they are not as the grammar has them.</summary>
internal static class AddressParts
{
    private const int LongestLabel = 63; // RFC 1035 2.3.4

    /// <summary>A display name: words with one space between them, encoded words decoded, those in quotes too.</summary>
    public static string Phrase(List<Token> tokens, AddressTokens reading)
    {
        var phrase = new StringBuilder();
        foreach (var token in tokens)
        {
            if (token.AfterSpace && phrase.Length > 0)
                phrase.Append(' ');
            phrase.Append(token.Text);
            reading.IsObsolete |= token.Is('.'); // RFC 5322 4.1 obs-phrase
            reading.IsMalformed |= !token.IsWord && !token.Is('.');
        }
        return EncodedWord.DecodeAll(phrase.ToString());
    }

    /// <summary>A mailbox of the tokens of its address. The last @ counts.</summary>
    public static Address.Mailbox AddrSpec(List<Token> tokens, string? name, AddressTokens reading)
    {
        var at = tokens.FindLastIndex(static token => token.Is('@'));
        reading.IsMalformed |= at <= 0;
        var local = at < 0 ? tokens.Count : at;
        var localPart = LocalPart(tokens, local, reading);
        var domain = at < 0 ? "" : Domain(tokens, at + 1, reading);
        return new Address.Mailbox(string.IsNullOrEmpty(name) ? null : name, HeaderText.WithoutControls(localPart), HeaderText.WithoutControls(domain));
    }

    // RFC 5322 3.4.1 and 4.4: words with dots between them, where obsolete mail may have spaces too.
    private static string LocalPart(List<Token> tokens, int count, AddressTokens reading)
    {
        var text = new StringBuilder();
        var expectsWord = true;
        for (var i = 0; i < count; i++)
        {
            var token = tokens[i];
            if (token.AfterSpace && i > 0)
            {
                reading.IsObsolete = true;
                if (!expectsWord && !token.Is('.'))
                    text.Append(' ');
            }
            reading.IsMalformed |= expectsWord != token.IsWord || (!token.IsWord && !token.Is('.'));
            reading.IsObsolete |= token.Kind == TokenKind.Quoted && count > 1;
            expectsWord = !token.IsWord;
            text.Append(token.Text);
        }
        reading.IsMalformed |= expectsWord;
        return text.ToString();
    }

    private static string Domain(List<Token> tokens, int from, AddressTokens reading)
    {
        var text = new StringBuilder();
        var expectsAtom = true;
        for (var i = from; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Literal)
                reading.IsMalformed |= tokens.Count != from + 1;
            else
                reading.IsMalformed |= expectsAtom ? token.Kind != TokenKind.Atom || !IsLabel(token.Text) : !token.Is('.');
            reading.IsObsolete |= token.AfterSpace && i > from;
            expectsAtom = token.Is('.');
            text.Append(token.Text);
        }
        reading.IsMalformed |= expectsAtom;
        return text.ToString();
    }

    // RFC 5322 allows any atom, but no host can be named so.
    private static bool IsLabel(string atom) => atom.Length <= LongestLabel && atom[0] != '-' && atom[^1] != '-';
}
