// Looks up what belongs to a verb without making a string of it.
using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace MailFunctions.Wire;

/// <summary>Rows by verb, found from octets in any ASCII case.</summary>
public sealed class VerbTable<TRow>
    where TRow : class
{
    private const int LongestVerb = 16;

    private readonly FrozenDictionary<string, TRow>.AlternateLookup<ReadOnlySpan<char>> _rows;

    /// <summary>Makes the table; verbs are at most 16 letters.</summary>
    public VerbTable(IEnumerable<KeyValuePair<string, TRow>> rows) =>
        _rows = rows.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The row of the verb that a line begins with, and the rest of the line behind the verb and one space.</summary>
    /// <returns>Null if no such verb is in the table.</returns>
    public TRow? Find(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> argument)
    {
        var space = line.IndexOf((byte)' ');
        var verb = space < 0 ? line : line[..space];
        argument = space < 0 ? [] : line[(space + 1)..];
        Span<char> text = stackalloc char[LongestVerb];
        return verb.Length <= LongestVerb && Ascii.ToUtf16(verb, text, out var length) == OperationStatus.Done
            && _rows.TryGetValue(text[..length], out var row) ? row : null;
    }
}
