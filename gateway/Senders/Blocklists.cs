// Asks blocklists about the address of a client.
using System.Collections.Concurrent;
using System.Net;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Gateway.Smtp;

namespace MailFunctions.Gateway.Senders;

/// <summary>The lists of <see cref="GatewayOptions.Blocklists"/>. A list that does not answer in time lists nobody: mail is worth more than a list.</summary>
internal sealed class Blocklists(GatewayOptions options, IResolver resolver, TimeProvider time, ILogger<Blocklists> log)
{
    /// <summary>How long all lists together are waited for.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Who has such an address is a neighbour, and no list of the world can know him.
    private static readonly IPNetwork[] Neighbours =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("::/127"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    private readonly IReadOnlyList<Blocklist> _lists = options.ParseBlocklists();
    private readonly ConcurrentDictionary<Blocklist, bool> _refusing = new(); // those of which the log knows; no more than there are lists

    /// <summary>Asks all lists at once.</summary>
    /// <param name="address">The client's own address.</param>
    /// <param name="connection">Its connection, for the log.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The first list, in the order of the configuration, that has the address; null if none does as far as is known.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Blocklist?> FindAsync(IPAddress address, string connection, CancellationToken cancellationToken)
    {
        if (_lists.Count == 0 || Array.Exists(Neighbours, network => network.Contains(address)))
            return null;
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var listed = await Task.WhenAll(_lists.Select(list => IsListedAsync(list, address, connection, either.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        return _lists.Where((_, at) => listed[at]).FirstOrDefault();
    }

    private async Task<bool> IsListedAsync(Blocklist list, IPAddress address, string connection, CancellationToken cancellationToken)
    {
        try
        {
            switch (await resolver.QueryAsync<ARecord>(list.NameOf(address), cancellationToken))
            {
                case Answer<ARecord>.Found found:
                    if (found.Records.FirstOrDefault(record => Blocklist.IsRefusal(record.Address)) is { } refusal && _refusing.TryAdd(list, true))
                        log.BlocklistRefuses(list.Name, refusal.Address);
                    return found.Records.Any(record => list.Counts(record.Address));
                case Answer<ARecord>.Unavailable trouble:
                    log.BlocklistSilent(connection, list.Name, trouble.Reason.ToString());
                    return false;
                default:
                    return false;
            }
        }
        catch (OperationCanceledException)
        {
            log.BlocklistSilent(connection, list.Name, "TooLate");
            return false;
        }
    }
}
