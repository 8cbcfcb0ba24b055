// The ways in which a record describes clients.
using System.Net;

namespace MailFunctions.Authentication.Spf;

/// <summary>A mechanism (RFC 7208 5). Where its domain is null, the record's own is meant.</summary>
internal abstract record Mechanism
{
    private Mechanism()
    {
    }

    /// <summary>Every client (5.1).</summary>
    public sealed record All : Mechanism;

    /// <summary>Clients that pass by another domain's record (5.2).</summary>
    public sealed record Include(MacroText Domain) : Mechanism;

    /// <summary>Clients near an address of a host (5.3).</summary>
    public sealed record A(MacroText? Domain, PrefixLengths Prefixes) : Mechanism;

    /// <summary>Clients near an address of a mail exchange (5.4).</summary>
    public sealed record Mx(MacroText? Domain, PrefixLengths Prefixes) : Mechanism;

    /// <summary>Clients with a name in a domain (5.5).</summary>
    public sealed record Ptr(MacroText? Domain) : Mechanism;

    /// <summary>Clients in a network (5.6): ip4 and ip6.</summary>
    public sealed record Network(IPAddress Address, int PrefixLength) : Mechanism;

    /// <summary>Clients for which a name that is made of what they said has an address (5.7).</summary>
    public sealed record Exists(MacroText Domain) : Mechanism;
}
