// The questions of one check to the domain name system.
using System.Net;
using System.Net.Sockets;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;

namespace MailFunctions.Authentication.Spf;

/// <summary>What an SPF check asks, with the answers as it needs them: records, none, or not known for now.</summary>
/// <param name="resolver">Whom to ask.</param>
/// <param name="client">The client's address.</param>
internal sealed class SpfQuestions(IResolver resolver, IPAddress client)
{
    private IReadOnlyList<DnsName>? _names;

    /// <summary>The texts at a name.</summary>
    /// <returns>Empty if there are none; null if that is not known for now.</returns>
    public async Task<IReadOnlyList<string>?> TextsAsync(DnsName name, CancellationToken cancellationToken) =>
        await AskAsync<TxtRecord, string>(name, record => record.Text, cancellationToken);

    /// <summary>The mail exchanges of a name; as <see cref="TextsAsync"/>.</summary>
    public async Task<IReadOnlyList<DnsName>?> ExchangesAsync(DnsName name, CancellationToken cancellationToken) =>
        await AskAsync<MxRecord, DnsName>(name, record => record.Exchange, cancellationToken);

    /// <summary>The addresses of a host, of the client's kind; as <see cref="TextsAsync"/>.</summary>
    public async Task<IReadOnlyList<IPAddress>?> AddressesAsync(DnsName name, CancellationToken cancellationToken) =>
        client.AddressFamily == AddressFamily.InterNetwork
            ? await Ipv4Async(name, cancellationToken)
            : await AskAsync<AaaaRecord, IPAddress>(name, record => record.Address, cancellationToken);

    /// <summary>The IPv4 addresses of a host; as <see cref="TextsAsync"/>.</summary>
    public async Task<IReadOnlyList<IPAddress>?> Ipv4Async(DnsName name, CancellationToken cancellationToken) =>
        await AskAsync<ARecord, IPAddress>(name, record => record.Address, cancellationToken);

    /// <summary>
    /// The client's names that lead back to its address (RFC 7208 5.5), among the first <see cref="Budget.MaxNames"/> that it has. Trouble counts as none.
    /// Asked for once a check.
    /// </summary>
    public async Task<IReadOnlyList<DnsName>> ClientNamesAsync(CancellationToken cancellationToken)
    {
        if (_names is not null)
            return _names;
        var valid = new List<DnsName>();
        var all = await AskAsync<PtrRecord, DnsName>(DnsName.ReverseOf(client), record => record.Name, cancellationToken);
        foreach (var name in (all ?? []).Take(Budget.MaxNames))
        {
            if (await AddressesAsync(name, cancellationToken) is { } addresses && addresses.Contains(client))
                valid.Add(name);
        }
        return _names = valid;
    }

    private async Task<IReadOnlyList<T>?> AskAsync<TRecord, T>(DnsName name, Func<TRecord, T> read, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord> => await resolver.QueryAsync<TRecord>(name, cancellationToken) switch
        {
            Answer<TRecord>.Found found => [.. found.Records.Select(read)],
            Answer<TRecord>.Unavailable => null,
            _ => [],
        };
}
