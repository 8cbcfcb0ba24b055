// The tables of Unicode 3.2 that SASLprep is defined by. They never change (RFC 3454 A).
// functions/Mail/make-saslprep has made them of the tables that come with Python.
using System.Globalization;

namespace MailFunctions.Mail;

/// <summary>What the embedded file says. Only passwords that are not ASCII need it, so it is read when the first of them comes.</summary>
internal sealed class SaslPrepTables
{
    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly Dictionary<string, CodePoints> _sets = [];

    // A line is what it is about, and values with a blank between them.
    private SaslPrepTables(IEnumerable<string> lines)
    {
        foreach (var group in lines.Select(line => line.Split(' ')).GroupBy(words => words[0], words => words[1..]))
        {
            var values = group.SelectMany(words => words).ToList();
            if (group.Key == "decompose")
                values.ForEach(AddDecomposition);
            else if (group.Key == "compose")
                values.ForEach(AddComposition);
            else if (group.Key.StartsWith("class:", StringComparison.Ordinal))
                values.ForEach(value => AddClass(int.Parse(group.Key.AsSpan("class:".Length), CultureInfo.InvariantCulture), value));
            else
                _sets.Add(group.Key, new CodePoints(values.Select(ReadRange)));
        }
    }

    /// <summary>Characters with their parts, to the last.</summary>
    public IReadOnlyDictionary<int, int[]> Decompositions => _decompositions;

    /// <summary>Pairs that make one character.</summary>
    public IReadOnlyDictionary<(int First, int Second), int> Compositions => _compositions;

    /// <summary>RFC 3454 C.1.2.</summary>
    public CodePoints Spaces => _sets["space"];

    /// <summary>RFC 3454 B.1.</summary>
    public CodePoints Nothing => _sets["nothing"];

    /// <summary>RFC 4013 2.3.</summary>
    public CodePoints Prohibited => _sets["prohibited"];

    /// <summary>RFC 3454 A.1.</summary>
    public CodePoints Unassigned => _sets["unassigned"];

    /// <summary>RFC 3454 D.1.</summary>
    public CodePoints RightToLeft => _sets["right"];

    /// <summary>RFC 3454 D.2.</summary>
    public CodePoints LeftToRight => _sets["left"];

    /// <summary>The canonical combining class; 0 for all but marks.</summary>
    public int ClassOf(int rune) => _classes.GetValueOrDefault(rune);

    /// <summary>Reads the file.</summary>
    public static SaslPrepTables ReadEmbedded()
    {
        using var stream = typeof(SaslPrepTables).Assembly.GetManifestResourceStream("saslprep.txt")!;
        using var reader = new StreamReader(stream);
        return new SaslPrepTables(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private void AddDecomposition(string value)
    {
        var sides = value.Split('=');
        _decompositions.Add(ReadRune(sides[0]), [.. sides[1].Split('+').Select(rune => ReadRune(rune))]);
    }

    private void AddComposition(string value)
    {
        var sides = value.Split('+', '=');
        _compositions.Add((ReadRune(sides[0]), ReadRune(sides[1])), ReadRune(sides[2]));
    }

    private void AddClass(int combining, string value)
    {
        var (first, last) = ReadRange(value);
        for (var rune = first; rune <= last; rune++)
            _classes.Add(rune, combining);
    }

    private static (int First, int Last) ReadRange(string value)
    {
        var dash = value.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (ReadRune(value), ReadRune(value)) : (ReadRune(value.AsSpan(0, dash)), ReadRune(value.AsSpan(dash + 1)));
    }

    private static int ReadRune(ReadOnlySpan<char> hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>A set of code points.</summary>
internal sealed class CodePoints
{
    private readonly int[] _firsts;
    private readonly int[] _lasts;

    /// <summary>Of ranges in order.</summary>
    public CodePoints(IEnumerable<(int First, int Last)> ranges)
    {
        var all = ranges.ToList();
        (_firsts, _lasts) = ([.. all.Select(range => range.First)], [.. all.Select(range => range.Last)]);
    }

    /// <summary>Whether a code point is one of them.</summary>
    public bool Contains(int rune)
    {
        var at = Array.BinarySearch(_firsts, rune);
        return at >= 0 || (~at > 0 && rune <= _lasts[~at - 1]);
    }
}
