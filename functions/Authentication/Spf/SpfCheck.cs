// Asks a domain whether a client may send for it.
using System.Net;
using System.Net.Sockets;
using MailFunctions.Dns;

namespace MailFunctions.Authentication.Spf;

/// <summary>Evaluates SPF (RFC 7208). Trouble is a result, never an exception.</summary>
/// <param name="resolver">Whom to ask.</param>
/// <param name="receiver">Our host name, for explanations.</param>
/// <param name="time">The clock.</param>
public sealed class SpfCheck(IResolver resolver, string receiver, TimeProvider time)
{
    private const string Postmaster = "postmaster"; // RFC 7208 2.4, 4.3

    /// <summary>Checks the sender of the envelope, or the name that the client gave where there is none (RFC 7208 2.4).</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<SpfVerdict> CheckAsync(SpfClient client, CancellationToken cancellationToken)
    {
        if (client.MailFrom.Length == 0)
            return CheckHeloAsync(client, cancellationToken);
        var at = client.MailFrom.LastIndexOf('@');
        var localPart = at > 0 ? client.MailFrom[..at] : Postmaster;
        return CheckAsync(client, SpfIdentity.MailFrom, localPart, client.MailFrom[(at + 1)..], cancellationToken);
    }

    /// <summary>Checks the name that the client gave in HELO or EHLO (RFC 7208 2.3).</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<SpfVerdict> CheckHeloAsync(SpfClient client, CancellationToken cancellationToken) =>
        CheckAsync(client, SpfIdentity.Helo, Postmaster, client.Helo, cancellationToken);

    private async Task<SpfVerdict> CheckAsync(SpfClient client, SpfIdentity identity, string localPart, string domain, CancellationToken cancellationToken)
    {
        if (!TargetName.TryReadIdentity(domain, out var name))
            return new SpfVerdict(SpfResult.None, identity, domain, "there is no domain to ask");
        var address = client.Address.IsIPv4MappedToIPv6 ? client.Address.MapToIPv4() : client.Address;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            address = new IPAddress(address.GetAddressBytes()); // a zone is nothing to others
        var values = new MacroValues(address, localPart, domain, client.Helo, receiver, time.GetUtcNow());
        var evaluation = new SpfEvaluation(new SpfQuestions(resolver, address), values, cancellationToken);
        var end = await evaluation.RunAsync(name, domain);
        var explanation = end is { Result: SpfResult.Fail, Record.Explanation: { } place } ? await evaluation.ExplainAsync(place, end.Domain) : null;
        return new SpfVerdict(end.Result, identity, domain, end.Reason, explanation);
    }
}
