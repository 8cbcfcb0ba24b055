// Where mail for a domain can be handed over.
using System.Net;
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>What came of looking for a way.</summary>
internal abstract record Route
{
    private Route()
    {
    }

    /// <summary>To these addresses, at least one and at most <see cref="MxRoute.MaxAddresses"/>, the most wanted first.</summary>
    public sealed record Hosts(IReadOnlyList<RelayHost> All) : Route;

    /// <summary>It cannot be found out now.</summary>
    public sealed record Later(DeliveryStatus Status, string Why) : Route;

    /// <summary>There is none, and there will be none.</summary>
    public sealed record Never(DeliveryStatus Status, string Why) : Route;
}

/// <summary>One address of one host.</summary>
/// <param name="Name">The host's name; the address as text if it has none.</param>
/// <param name="EndPoint">What to dial.</param>
internal sealed record RelayHost(string Name, IPEndPoint EndPoint);
