// Writes addresses for header fields.
using System.Text;

namespace MailFunctions.Mime.Fields;

/// <summary>Prints addresses so that <see cref="AddressList.Read"/> gives them back.</summary>
internal static class AddressPrinting
{
    /// <summary>A mailbox, its name first.</summary>
    public static string Print(Address.Mailbox mailbox) =>
        !string.IsNullOrEmpty(mailbox.Name) ? $"{Phrase(mailbox.Name)} <{AddrSpec(mailbox)}>" : IsNobody(mailbox) ? "<>" : AddrSpec(mailbox);

    /// <summary>A group with its members.</summary>
    public static string Print(Address.Group group) =>
        $"{Phrase(group.Name)}: {string.Join(",\r\n ", group.Members.Select(Print))};";

    /// <summary>Local part, @ and domain; nothing for <c>&lt;&gt;</c>.</summary>
    public static string AddrSpec(Address.Mailbox mailbox)
    {
        if (IsNobody(mailbox))
            return "";
        var text = new StringBuilder();
        if (IsDotAtom(mailbox.LocalPart))
            text.Append(mailbox.LocalPart);
        else
            QuotedString.Append(text, mailbox.LocalPart);
        return mailbox.Domain.Length == 0 ? text.ToString() : text.Append('@').Append(mailbox.Domain).ToString();
    }

    // Reports have this in From now and then, though no grammar does.
    private static bool IsNobody(Address.Mailbox mailbox) => mailbox.LocalPart.Length == 0 && mailbox.Domain.Length == 0;

    private static string Phrase(string name)
    {
        if (name.AsSpan().ContainsAnyExceptInRange(' ', '~') || name.Contains("=?", StringComparison.Ordinal))
            return EncodedWord.EncodeAll(name, column: 0);
        if (IsWords(name))
            return name;
        var text = new StringBuilder();
        QuotedString.Append(text, name);
        return text.ToString();
    }

    private static bool IsWords(string name)
    {
        var before = ' ';
        foreach (var c in name)
        {
            if (c == ' ' ? before == ' ' : !AddressTokens.IsAtomCharacter(c))
                return false;
            before = c;
        }
        return before != ' ';
    }

    private static bool IsDotAtom(string text)
    {
        var before = '.';
        foreach (var c in text)
        {
            if (c == '.' ? before == '.' : !AddressTokens.IsAtomCharacter(c))
                return false;
            before = c;
        }
        return before != '.';
    }
}
