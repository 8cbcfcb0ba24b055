// The line that may be a boundary.
namespace MailFunctions.Mime.Parts;

/// <summary>Holds a line that begins with a hyphen until it is known whether it is the boundary of a part that watches for it (RFC 2046 5.1.1).</summary>
internal sealed class BoundaryLine
{
    private const int MostHeld = 2 + MimeLimits.BoundaryOctets + 2 + 254; // with hyphens, and spaces behind it

    private readonly byte[] _octets = new byte[MostHeld];

    /// <summary>How much of the line is held.</summary>
    public int Length { get; private set; }

    /// <summary>The octets that are held, up to the line end if it has come.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, Length);

    /// <summary>True once the line end has come.</summary>
    public bool IsWhole => Length > 0 && _octets[Length - 1] == '\n';

    /// <summary>True once no further octet of the line matters: it is whole, or no boundary however it goes on.</summary>
    public bool IsDecided => IsWhole || Length == MostHeld || (Length >= 2 && _octets[1] != '-');

    /// <summary>The octets of its line end.</summary>
    public int LineEndLength => Octets.EndsWith("\r\n"u8) ? 2 : IsWhole ? 1 : 0;

    /// <summary>Holds the next octets, up to the line end.</summary>
    /// <returns>How many octets were taken.</returns>
    public int Take(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        var taken = Math.Min(end < 0 ? content.Length : end + 1, MostHeld - Length);
        content[..taken].CopyTo(_octets.AsSpan(Length));
        Length += taken;
        return taken;
    }

    /// <summary>Lets the line go. <see cref="Octets"/> as it was stays as it is until the next is taken.</summary>
    public void Clear() => Length = 0;

    /// <summary>The innermost part whose boundary the line is.</summary>
    /// <param name="open">The parts, the innermost last.</param>
    /// <param name="index">Its place among them.</param>
    public BoundaryMatch Match(List<OpenPart> open, out int index)
    {
        index = open.Count - 1;
        var line = Octets.TrimEnd(" \t\r\n"u8);
        if (!line.StartsWith("--"u8))
            return BoundaryMatch.None;
        for (line = line[2..]; index >= 0; index--)
        {
            var match = open[index].Match(line);
            if (match != BoundaryMatch.None)
                return match;
        }
        return BoundaryMatch.None;
    }
}

/// <summary>What a line is to a multipart.</summary>
internal enum BoundaryMatch
{
    /// <summary>Content.</summary>
    None,

    /// <summary>The beginning of a part.</summary>
    Part,

    /// <summary>The end of the last part.</summary>
    Close,
}
