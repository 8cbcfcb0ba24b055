// Puts a parameter together of its pieces.
using System.Text;
using MailFunctions.Mime.Decoding;

namespace MailFunctions.Mime.Fields;

/// <summary>The name of a parameter, or of a piece of one: <c>name</c>, <c>name*</c>, <c>name*3</c>, <c>name*3*</c> (RFC 2231 3, 4).</summary>
/// <param name="Name">The name in lower case.</param>
/// <param name="Section">The number of the piece, or null for a whole value.</param>
/// <param name="IsExtended">True if the value has a charset and percent signs.</param>
internal readonly record struct ParameterKey(string Name, int? Section, bool IsExtended)
{
    /// <summary>Takes a name apart.</summary>
    public static ParameterKey Of(string text)
    {
        var name = AsciiCase.Lower(text);
        var isExtended = name.Length > 1 && name[^1] == '*';
        var head = isExtended ? name.AsSpan(0, name.Length - 1) : name;
        var star = head.LastIndexOf('*');
        if (star <= 0)
            return new ParameterKey(new string(head), null, isExtended);
        var digits = head[(star + 1)..];
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9'))
            return new ParameterKey(name, null, IsExtended: false);
        var section = 0;
        foreach (var digit in digits)
            section = (section * 10) + (digit - '0');
        return new ParameterKey(new string(head[..star]), section, isExtended);
    }
}

/// <summary>The pieces of one parameter, as they are met.</summary>
internal sealed class ParameterPieces(string name)
{
    private readonly List<(int Section, string Value, bool IsExtended)> _sections = [];
    private string? _extended;
    private string? _plain;

    /// <summary>The parameter's name.</summary>
    public string Name => name;

    /// <summary>Adds a piece.</summary>
    /// <returns>False if it is there already: the first counts.</returns>
    public bool TryAdd(ParameterKey key, string value, bool isQuoted)
    {
        if (key.Section is { } section)
        {
            foreach (var known in _sections) // at most 128
            {
                if (known.Section == section)
                    return false;
            }
            _sections.Add((section, value, key.IsExtended));
            return true;
        }
        if (key.IsExtended)
        {
            var isFirst = _extended is null;
            _extended ??= value;
            return isFirst;
        }
        var isNew = _plain is null;
        _plain ??= value;
        return isNew;
    }

    /// <summary>The value.</summary>
    public string Join()
    {
        if (_extended is not null)
            return JoinSections([(0, _extended, true)]);
        _sections.Sort(static (one, other) => one.Section.CompareTo(other.Section));
        if (_sections.Count > 0 && (_sections[0].Section == 0 || _plain is null))
            return JoinSections(_sections);
        return EncodedWord.DecodeAll(_plain ?? "");
    }

    private static string JoinSections(List<(int Section, string Value, bool IsExtended)> sections)
    {
        var text = new StringBuilder();
        var octets = new List<byte>();
        Encoding charset = Charset.Default;
        var next = sections[0].Section;
        foreach (var (section, value, isExtended) in sections)
        {
            if (section != next++)
                break;
            var rest = value.AsSpan();
            if (isExtended && section == sections[0].Section)
                charset = ReadCharset(ref rest);
            if (isExtended)
            {
                AppendPercentDecoded(octets, rest);
                continue;
            }
            Flush();
            text.Append(rest);
        }
        Flush();
        return HeaderText.WithoutControls(text.ToString());

        void Flush()
        {
            text.Append(charset.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(octets)));
            octets.Clear();
        }
    }

    // charset'language'text
    private static Encoding ReadCharset(ref ReadOnlySpan<char> value)
    {
        var first = value.IndexOf('\'');
        if (first < 0)
            return Charset.Default;
        var second = value[(first + 1)..].IndexOf('\'');
        if (second < 0)
            return Charset.Default;
        var found = Charset.Find(value[..first]);
        value = value[(first + second + 2)..];
        return found ?? Charset.Default;
    }

    private static void AppendPercentDecoded(List<byte> octets, ReadOnlySpan<char> value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && HexDigit.Value(value[i + 1]) >= 0 && HexDigit.Value(value[i + 2]) >= 0)
            {
                octets.Add((byte)((HexDigit.Value(value[i + 1]) << 4) | HexDigit.Value(value[i + 2])));
                i += 2;
            }
            else if (value[i] < 0x80)
            {
                octets.Add((byte)value[i]);
            }
            else
            {
                Rune.DecodeFromUtf16(value[i..], out var rune, out var length);
                octets.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += length - 1;
            }
        }
    }
}
