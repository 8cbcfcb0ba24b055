// What is known of a message's ARC chain.
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Arc;

/// <summary>The result of validating a chain.</summary>
/// <param name="Verdict">Its state.</param>
/// <param name="Sets">How many sets it has; 0 if it is no chain.</param>
/// <param name="Reason">Why it fails; words of ours, safe to write anywhere.</param>
public sealed record ArcResult(ArcVerdict Verdict, int Sets, string Reason)
{
    /// <summary>Who sealed, from the first set to the last; of a chain that passes only. Trust them or not: whoever breaks a message can also seal it.</summary>
    public IReadOnlyList<DomainName> Sealers { get; init; } = [];

    /// <summary>True if the chain was lost for want of a key that may be had later. RFC 8617 knows no such state and has it fail.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>True if the last sealer found the chain broken, or it has no room for another set: then nobody seals any more (RFC 8617 5.1).</summary>
    public bool IsFinal { get; init; }
}
