// Where a text with macros stands.
namespace MailFunctions.Authentication.Spf;

/// <summary>What a text with macros is for, which decides what may stand in it.</summary>
internal enum TextKind
{
    /// <summary>A domain-spec (RFC 7208 7.1): it ends as a domain does, or in a macro.</summary>
    Domain,

    /// <summary>The value of a modifier that nobody knows: a macro-string, which is checked and not used.</summary>
    Unknown,

    /// <summary>An explanation (RFC 7208 6.2): spaces and three more macros are allowed.</summary>
    Explanation,
}
