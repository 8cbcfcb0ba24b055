// A message that was read to its end.
namespace MailFunctions.Mime.Parts;

/// <summary>The parts of a message, in the order in which they begin; the first is the message itself.</summary>
/// <param name="Parts">At least one part, at most <see cref="MimeLimits.Parts"/>.</param>
/// <param name="Octets">How long the message is.</param>
public sealed record MimeMessage(IReadOnlyList<MimePart> Parts, long Octets)
{
    /// <summary>The message itself.</summary>
    public MimePart Root => Parts[0];

    /// <summary>What is wrong with any of its parts.</summary>
    public Defects Defects
    {
        get
        {
            var defects = Defects.None;
            foreach (var part in Parts)
                defects |= part.Defects;
            return defects;
        }
    }
}
