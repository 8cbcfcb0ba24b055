// How much a check may cost those who are asked.
namespace MailFunctions.Authentication.Spf;

/// <summary>Counts what records make us ask (RFC 7208 4.6.4): nobody shall be able to turn a message into many questions to others.</summary>
internal sealed class Budget
{
    /// <summary>The most terms that need questions.</summary>
    public const int MaxLookups = 10;

    /// <summary>The most of those terms for which there is nothing.</summary>
    public const int MaxVoids = 2;

    /// <summary>The most mail exchanges of an mx, and names of an address, whose addresses are asked for.</summary>
    public const int MaxNames = 10;

    private int _lookups;
    private int _voids;

    /// <summary>Counts a term that needs questions.</summary>
    /// <returns>False if it is one too many.</returns>
    public bool TryLookUp() => ++_lookups <= MaxLookups;

    /// <summary>
    /// Counts a term for which there was nothing. Terms and not questions are counted, as the RFC has it: five exchangers without IPv6 are one term.
    /// </summary>
    /// <returns>False if it is one too many.</returns>
    public bool TryVoid() => ++_voids <= MaxVoids;
}
