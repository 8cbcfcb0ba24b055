// A part whose end has not come yet.
namespace MailFunctions.Mime.Parts;

/// <summary>A part on the way from the message itself to where the reading is, with the boundary that it watches for if it is a multipart.</summary>
internal sealed class OpenPart(MimePart part)
{
    /// <summary>The part.</summary>
    public MimePart Part => part;

    /// <summary>The boundary without its hyphens, or null.</summary>
    public byte[]? Boundary { get; private set; }

    /// <summary>True once the closing boundary has come; what follows belongs to no part (RFC 2046 5.1.1, epilogue).</summary>
    public bool IsClosed { get; set; }

    /// <summary>True if a line with the boundary would mean something.</summary>
    public bool Watches => Boundary is not null && !IsClosed;

    /// <summary>Reads the boundary of a multipart that is not to be split if anything is wrong with it.</summary>
    /// <returns>What is wrong; none if the part watches from now on.</returns>
    public Defects Watch()
    {
        // RFC 2046 5.1.1: no boundary ends with a space, and lines may.
        var boundary = System.Text.Encoding.UTF8.GetBytes((part.ContentType.Parameters["boundary"] ?? "").TrimEnd(' ', '\t'));
        var trouble = boundary.Length == 0 ? Defects.MissingBoundary
            : boundary.Length > MimeLimits.BoundaryOctets ? Defects.BoundaryTooLong
            : part.Depth >= MimeLimits.Depth ? Defects.TooDeep
            : Defects.None;
        Boundary = trouble == Defects.None ? boundary : null;
        return trouble;
    }

    /// <summary>What a line without its two hyphens, line end and trailing spaces is to this part.</summary>
    public BoundaryMatch Match(ReadOnlySpan<byte> line)
    {
        if (!Watches || !line.StartsWith(Boundary))
            return BoundaryMatch.None;
        var rest = line[Boundary!.Length..];
        return rest.IsEmpty ? BoundaryMatch.Part : rest.SequenceEqual("--"u8) ? BoundaryMatch.Close : BoundaryMatch.None;
    }
}
