// Whether a domain that was authenticated is the author's.
namespace MailFunctions.Authentication.Dmarc;

/// <summary>How what was authenticated stands to the author's domain (RFC 7489 3.1).</summary>
internal enum Alignment
{
    /// <summary>Nothing that passed is of the domain.</summary>
    None,

    /// <summary>Something that passed is.</summary>
    Aligned,

    /// <summary>It may be: something could not be learned for now.</summary>
    Unknown,
}
