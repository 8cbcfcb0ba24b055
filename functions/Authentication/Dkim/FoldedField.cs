// Writes the fields of our signatures, folded.
using System.Text;

namespace MailFunctions.Authentication.Dkim;

/// <summary>A header field of tags that is folded where space may stand, in lines of at most 78 octets (RFC 5322 2.1.1).</summary>
internal sealed class FoldedField
{
    private const int Width = 78;

    private readonly StringBuilder _text = new();
    private int _column;
    private bool _hasTag;

    /// <summary>Begins a field.</summary>
    public FoldedField(string name) => Put(name + ":");

    /// <summary>Adds a tag whose value is not broken.</summary>
    public void Add(string tag, string value)
    {
        EndTag();
        Put($"{tag}={value}", " ");
    }

    /// <summary>Adds a tag whose items colons separate.</summary>
    public void AddItems(string tag, IReadOnlyList<string> items)
    {
        EndTag();
        for (var i = 0; i < items.Count; i++)
            Put((i == 0 ? tag + "=" : "") + items[i] + (i < items.Count - 1 ? ":" : ""), i == 0 ? " " : "");
    }

    /// <summary>Adds a tag whose value is base64, in which space may stand anywhere.</summary>
    public void AddBase64(string tag, ReadOnlySpan<byte> octets)
    {
        EndTag();
        Put(tag + "=", " ");
        EndBase64(octets);
    }

    /// <summary>Goes on with the value of the last tag.</summary>
    public void EndBase64(ReadOnlySpan<byte> octets)
    {
        var text = Convert.ToBase64String(octets).AsSpan();
        while (!text.IsEmpty)
        {
            if (_column >= Width - 1) // room for the semicolon that may follow
                Fold();
            var piece = text[..Math.Min(text.Length, Width - 1 - _column)];
            Put(new string(piece));
            text = text[piece.Length..];
        }
    }

    /// <summary>The field so far, with a line break at its end.</summary>
    public RawField ToField() => new(Encoding.ASCII.GetBytes(_text + "\r\n"));

    private void EndTag()
    {
        if (_hasTag)
            Put(";");
        _hasTag = true;
    }

    private void Put(string word, string space = "")
    {
        if (space.Length + word.Length + 1 > Width - _column && _column > 1)
        {
            // A semicolon or colon alone has its room, so only words come here.
            if (word is not ";")
            {
                Fold();
                space = "";
            }
        }
        _text.Append(space).Append(word);
        _column += space.Length + word.Length;
    }

    private void Fold()
    {
        _text.Append("\r\n\t");
        _column = 1;
    }
}
