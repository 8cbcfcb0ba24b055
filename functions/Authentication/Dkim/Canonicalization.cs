// In which form header or body are signed.
namespace MailFunctions.Authentication.Dkim;

/// <summary>What of a message may change on its way without its signature breaking (RFC 6376 3.4).</summary>
internal enum Canonicalization
{
    /// <summary>Nothing but empty lines at the end of the body.</summary>
    Simple,

    /// <summary>Also how lines are folded and how much space is between words, and the case of field names.</summary>
    Relaxed,
}
