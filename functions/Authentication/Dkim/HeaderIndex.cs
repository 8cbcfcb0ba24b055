// Finds the header fields that a signature covers.
using System.Buffers;

namespace MailFunctions.Authentication.Dkim;

/// <summary>The fields of a header by name.</summary>
internal sealed class HeaderIndex
{
    private readonly Dictionary<string, List<RawField>> _named = new(StringComparer.Ordinal);

    /// <summary>Makes an index.</summary>
    public HeaderIndex(IReadOnlyList<RawField> fields)
    {
        foreach (var field in fields)
        {
            if (!_named.TryGetValue(field.Name, out var named))
                _named.Add(field.Name, named = []);
            named.Add(field);
        }
    }

    /// <summary>The fields of a name, from the top.</summary>
    /// <param name="name">In lower case.</param>
    public IReadOnlyList<RawField> Named(string name) => name.Length > 0 && _named.TryGetValue(name, out var named) ? named : [];

    /// <summary>
    /// Writes what a signature is made over: the fields it names, each name taking the next one from the bottom (RFC 6376 5.4.2), and its own field
    /// without its value and without the line break at its end (RFC 6376 3.7).
    /// </summary>
    public ArrayBufferWriter<byte> Cover(IReadOnlyList<string> names, Canonicalization form, RawField own, RawField ownUnsigned)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var named = Named(name);
            var index = named.Count - 1 - taken.GetValueOrDefault(name);
            if (index >= 0 && ReferenceEquals(named[index], own))
            {
                index--;
                taken[name] = taken.GetValueOrDefault(name) + 1;
            }
            if (index < 0)
                continue; // A name without field covers that there is none (RFC 6376 5.4).
            taken[name] = named.Count - index;
            HeaderForm.Write(form, named[index], output);
        }
        HeaderForm.Write(form, ownUnsigned, output);
        return output;
    }
}
