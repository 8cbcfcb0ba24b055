// The types of records that mail asks for, by their numbers.
namespace MailFunctions.Dns;

/// <summary>The type of a record (IANA's registry of resource record types).</summary>
public enum RecordType
{
    /// <summary>No type; stands in no question.</summary>
    None = 0,

    /// <summary>An IPv4 address (RFC 1035).</summary>
    A = 1,

    /// <summary>An authoritative name server (RFC 1035).</summary>
    Ns = 2,

    /// <summary>An alias (RFC 1035).</summary>
    Cname = 5,

    /// <summary>The start of a zone (RFC 1035).</summary>
    Soa = 6,

    /// <summary>The name of an address (RFC 1035).</summary>
#pragma warning disable CA1720 // the field's own word, not C's pointer
    Ptr = 12,
#pragma warning restore CA1720

    /// <summary>A mail exchange (RFC 1035).</summary>
    Mx = 15,

    /// <summary>Text (RFC 1035).</summary>
    Txt = 16,

    /// <summary>An IPv6 address (RFC 3596).</summary>
    Aaaa = 28,

    /// <summary>Where a service is (RFC 2782).</summary>
    Srv = 33,

    /// <summary>What both sides of a conversation can do beyond RFC 1035 (RFC 6891).</summary>
    Opt = 41,

    /// <summary>What to expect of a server's certificate (RFC 6698).</summary>
    Tlsa = 52,
}
