// Puts a question to one server after the other until one has an answer.
using System.Net;
using MailFunctions.Dns.Records;

namespace MailFunctions.Dns;

/// <summary>
/// The servers. One that fails, refuses or talks nonsense is not asked again for the same question, since it would say the same; one that is silent
/// is, in further rounds, because datagrams get lost.
/// </summary>
internal sealed class Upstream(ServerList list, DnsOptions options, DnsSeams seams)
{
    private static readonly TimeSpan DefaultTryTimeout = TimeSpan.FromSeconds(3);
    private const int DefaultAttempts = 3;

    private readonly IDnsTransport _udp = seams.Udp ?? new UdpTransport(seams.Clock, seams.LocalPort);
    private readonly IDnsTransport _tcp = seams.Tcp ?? new TcpTransport(seams.Clock);
    private readonly TimeSpan _tryTimeout = options.TryTimeout ?? list.Timeout ?? DefaultTryTimeout;
    private readonly int _attempts = options.Attempts ?? list.Attempts ?? DefaultAttempts;
    private int _questions = -1;

    /// <summary>The first answer that is of use, or what kept all servers from giving one.</summary>
    public async Task<Step<TRecord>> AskAsync<TRecord>(DnsName name, int aliasesLeft, Deadline deadline, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        var servers = InOrder();
        Trouble? worst = null;
        for (var round = 0; round < _attempts && servers.Count > 0; round++)
        {
            // As the C library does: a silent server is waited for twice as long in each round, and the servers share what a round adds.
            var longest = round == 0 ? _tryTimeout : _tryTimeout * (1 << round) / servers.Count;
            foreach (var server in servers.ToArray())
            {
                var attempt = new Attempt(server, longest, deadline);
                if (attempt.Patience <= TimeSpan.Zero)
                    return new Step<TRecord>.Failed(worst ?? Trouble.TimedOut);
                var step = await TryAsync<TRecord>(attempt, name, aliasesLeft, cancellationToken);
                if (step is not Step<TRecord>.Failed { Trouble: not Trouble.TooManyAliases and var trouble })
                    return step;
                var isSilence = trouble is Trouble.TimedOut or Trouble.Unreachable;
                if (worst is null or Trouble.TimedOut or Trouble.Unreachable)
                    worst = trouble;
                if (!isSilence)
                    servers.Remove(server);
            }
        }
        return new Step<TRecord>.Failed(worst ?? Trouble.TimedOut);
    }

    private async Task<Step<TRecord>> TryAsync<TRecord>(Attempt attempt, DnsName name, int aliasesLeft, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>
    {
        var exchange = await ExchangeAsync(attempt, () => Query.WithEdns(name, TRecord.Type, seams.Random), cancellationToken);
        // RFC 6891 7: a server from before EDNS may say that it does not understand.
        if (exchange is Exchange.Answered { Response.Code: ResponseCode.FormatError or ResponseCode.NotImplemented or ResponseCode.BadVersion })
            exchange = await ExchangeAsync(attempt, () => Query.WithoutEdns(name, TRecord.Type, seams.Random), cancellationToken);
        return exchange switch
        {
            Exchange.Answered answered => Step.Of<TRecord>(answered.Response, name, aliasesLeft),
            Exchange.Failed failed => new Step<TRecord>.Failed(failed.Trouble),
            _ => new Step<TRecord>.Failed(Trouble.Malformed), // cut short over TCP too
        };
    }

    private async Task<Exchange> ExchangeAsync(Attempt attempt, Func<Query> query, CancellationToken cancellationToken)
    {
        var exchange = await AskAsync(_udp, attempt, query(), cancellationToken);
        return exchange is Exchange.AskOverTcp ? await AskAsync(_tcp, attempt, query(), cancellationToken) : exchange;
    }

    private static async Task<Exchange> AskAsync(IDnsTransport way, Attempt attempt, Query query, CancellationToken cancellationToken)
    {
        var patience = attempt.Patience;
        return patience > TimeSpan.Zero
            ? await way.AskAsync(attempt.Server, query, patience, cancellationToken)
            : new Exchange.Failed(Trouble.TimedOut);
    }

    private List<IPEndPoint> InOrder()
    {
        if (!list.Rotates)
            return [.. list.Servers];
        var first = (int)((uint)Interlocked.Increment(ref _questions) % (uint)list.Servers.Count);
        return [.. list.Servers.Skip(first), .. list.Servers.Take(first)];
    }

    // One server in one round.
    private readonly record struct Attempt(IPEndPoint Server, TimeSpan Longest, Deadline Deadline)
    {
        public TimeSpan Patience => Deadline.Left < Longest ? Deadline.Left : Longest;
    }
}
