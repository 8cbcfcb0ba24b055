// One attempt to hand a message over to one destination.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>How an attempt ended.</summary>
internal abstract record AttemptEnd
{
    private AttemptEnd()
    {
    }

    /// <summary>As far as it came; every outcome that is final is recorded.</summary>
    /// <param name="Deferred">The outcomes of those who are to be tried again, as far as something was answered about them.</param>
    /// <param name="OfAll">What stands in the way of all of them; null if it is about recipients alone.</param>
    /// <param name="Site">What it says about the site as a whole.</param>
    public sealed record Ended(IReadOnlyDictionary<EmailAddress, Outcome> Deferred, Outcome? OfAll, SiteHealth Site) : AttemptEnd;

    /// <summary>Another worker has the destination: nothing more is to be recorded.</summary>
    public sealed record ClaimLost : AttemptEnd;

    /// <summary>There is no message any more: all its recipients are finished.</summary>
    public sealed record Gone : AttemptEnd;

    /// <summary>The message is not what was committed.</summary>
    public sealed record Damaged(string Reason) : AttemptEnd;

    /// <summary>Another version of this program wrote the message.</summary>
    public sealed record UnknownVersion(int Version) : AttemptEnd;
}

/// <summary>What an attempt learned about a site.</summary>
internal enum SiteHealth
{
    /// <summary>Nothing: it did not come to a connection being tried.</summary>
    Unknown,

    /// <summary>It answered.</summary>
    Answers,

    /// <summary>Every host that was tried failed as a whole.</summary>
    Down,
}

/// <summary>
/// Looks for the way and goes it: the next host after one that is dead, refuses for now or is lost; at most two sessions. Outcomes are recorded after
/// every transaction. What storage throws comes through, and then no final dot was sent since the last record.
/// </summary>
internal sealed class RelayAttempt(MxRoute routes, SmtpClient client, ISpool spool, IStoreClock storeClock, RelayOptions options, ILogger<RelayAttempt> log)
{
    private const int MaxSessions = 2;

    /// <summary>Makes the attempt.</summary>
    /// <param name="claim">The destination.</param>
    /// <param name="budget">Its time; every wait ends with it.</param>
    /// <param name="cancellationToken">Drops the session.</param>
    public async Task<AttemptEnd> RunAsync(ClaimedDestination claim, TimeBudget budget, CancellationToken cancellationToken)
    {
        var row = claim.Row!;
        var domain = DomainName.Parse(row.Name);
        switch (await routes.FindAsync(domain, cancellationToken))
        {
            case Route.Never(var status, var why):
                var failed = row.Recipients.ToDictionary(to => to.Address, Outcome (_) => new Outcome.Failed(status, why, null, null));
                log.Unroutable(claim.Ledger.Id, row.Name, status, why);
                return await claim.ChangeAsync(ledger => LedgerTransitions.Conclude(ledger, row.Name, failed, storeClock.UtcNow), cancellationToken)
                    ? Ended([], null, SiteHealth.Unknown)
                    : new AttemptEnd.ClaimLost();
            case Route.Later(var status, var why):
                return Ended([], new Outcome.TryLater(status, why, null, null), SiteHealth.Unknown);
            case Route.Hosts(var hosts):
                return await new Walk(this, claim, row, budget, cancellationToken).RunAsync(hosts);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static AttemptEnd.Ended Ended(Dictionary<EmailAddress, Outcome> deferred, Outcome? ofAll, SiteHealth site) => new(deferred, ofAll, site);

    private ClientTarget TargetOf(RelayHost host, bool isPlain) => new()
    {
        HostName = host.Name,
        EndPoint = host.EndPoint,
        Hello = options.Hostname.Text,
        Tls = options.Smarthost?.Tls ?? (isPlain ? TlsMode.Never : TlsMode.Opportunistic),
        Login = options.Smarthost?.Login,
    };

    // The state of one attempt on its way from host to host.
    private sealed class Walk(RelayAttempt attempt, ClaimedDestination claim, LedgerDestination row, TimeBudget budget, CancellationToken cancellationToken)
    {
        private readonly Dictionary<EmailAddress, Outcome> _outcomes = [];
        private List<LedgerRecipient> _open = [.. row.Recipients];
        private ClientTrouble? _siteTrouble;
        private bool _answered;
        private int _sessions;

        public async Task<AttemptEnd> RunAsync(IReadOnlyList<RelayHost> hosts)
        {
            string? done = null;
            foreach (var host in hosts)
            {
                if (_sessions == MaxSessions || _open.Count == 0 || budget.IsSpent)
                    break;
                if (host.Name == done)
                    continue; // another address of a host that has answered already
                if (await ConnectAsync(host) is not { } connection)
                    continue;
                await using (connection)
                {
                    var end = await TransactAllAsync(connection);
                    if (end is not null)
                        return end;
                    if (connection.IsUsable)
                        done = host.Name;
                    await connection.QuitAsync();
                }
            }
            var deferred = _outcomes.Where(pair => pair.Value is Outcome.TryLater or Outcome.Unknown).ToDictionary();
            return Ended(deferred, _siteTrouble?.ToOutcome(), _answered ? SiteHealth.Answers : SiteHealth.Down);
        }

        private async Task<SmtpConnection?> ConnectAsync(RelayHost host)
        {
            for (var isPlain = false; _sessions < MaxSessions; isPlain = true)
            {
                switch (await attempt.ConnectAsync(host, isPlain, budget, cancellationToken))
                {
                    case ConnectResult.Connected(var connection):
                        _sessions++;
                        return connection;
                    case ConnectResult.Failed(var trouble):
                        _siteTrouble = trouble;
                        attempt.Tell(claim.Ledger.Id, row.Name, trouble);
                        if (trouble.Stage != ClientStage.Connect)
                            _sessions++;
                        // RFC 7435: where TLS is not demanded, none is better than no mail.
                        if (trouble.Cause != TroubleCause.TlsFailed || isPlain || attempt.HasSmarthost)
                            return null;
                        break;
                }
            }
            return null;
        }

        // Null to go on, with this host done.
        private async Task<AttemptEnd?> TransactAllAsync(SmtpConnection connection)
        {
            var turn = _open;
            _open = [];
            while (turn.Count > 0)
            {
                var batch = turn.Take(connection.MaxRecipients).ToList();
                turn = turn.Skip(batch.Count).ToList();
                switch (await attempt.SendAsync(connection, claim, batch, cancellationToken))
                {
                    case (null, SendResult.Ended ended):
                        var again = await RecordAsync(ended);
                        if (again is null)
                            return new AttemptEnd.ClaimLost();
                        turn.AddRange(batch.Where(to => again.Contains(to.Address)));
                        break;
                    case (null, _):
                        return new AttemptEnd.ClaimLost();
                    case ({ } end, _):
                        return end;
                }
                if (!connection.IsUsable)
                    break;
            }
            _open.AddRange(turn);
            return null;
        }

        // Who is to be tried once more in this very session; null if the claim is lost.
        private async Task<HashSet<EmailAddress>?> RecordAsync(SendResult.Ended ended)
        {
            var again = new HashSet<EmailAddress>();
            var final = new Dictionary<EmailAddress, Outcome>();
            var someTaken = ended.Recipients.Any(result => result.Outcome is Outcome.Delivered);
            foreach (var result in ended.Recipients)
            {
                var address = result.Recipient;
                _outcomes[address] = result.Outcome;
                attempt.Tell(claim.Ledger.Id, result);
                switch (result.Outcome)
                {
                    case Outcome.Delivered or Outcome.Failed:
                        final[address] = result.Outcome;
                        break;
                    case Outcome.TryLater when someTaken && result.Trouble is { Scope: TroubleScope.Recipient, Status: { Subject: 5, Detail: 3 } or { Subject: 0 }, Reply.Code: 452 or 552 }:
                        again.Add(address); // RFC 5321 4.5.3.1.10: too many recipients for one transaction
                        break;
                    case Outcome.TryLater:
                        _open.Add(row.Recipients.First(to => to.Address == address)); // another host may take it
                        break;
                    case Outcome.Unknown:
                        break; // it may be delivered already: nobody else is asked in this attempt
                }
            }
            if (ended.Trouble is { Scope: TroubleScope.Site } trouble)
            {
                _siteTrouble = trouble;
            }
            else
            {
                _siteTrouble = null;
                _answered = true;
            }
            var now = attempt.Now;
            return final.Count == 0 || await claim.ChangeAsync(ledger => LedgerTransitions.Conclude(ledger, row.Name, final, now), cancellationToken) ? again : null;
        }
    }

    private bool HasSmarthost => options.Smarthost is not null;

    private DateTimeOffset Now => storeClock.UtcNow;

    private Task<ConnectResult> ConnectAsync(RelayHost host, bool isPlain, TimeBudget budget, CancellationToken cancellationToken) =>
        client.ConnectAsync(TargetOf(host, isPlain), budget.Left, cancellationToken);

    // The message is opened only now that a server waits for it: an open download does not outlast a slow greeting.
    private async Task<(AttemptEnd? End, SendResult? Result)> SendAsync(
        SmtpConnection connection, ClaimedDestination claim, IReadOnlyList<LedgerRecipient> batch, CancellationToken cancellationToken)
    {
        switch (await spool.OpenAsync(claim.Ledger.Id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                {
                    try
                    {
                        return (null, await connection.SendAsync(MessageOf(claim.Ledger, reader, batch), () => claim.IsHeld, cancellationToken));
                    }
                    catch (SpoolDamagedException damage)
                    {
                        return (new AttemptEnd.Damaged(damage.Message), null);
                    }
                }
            case SpoolOpening.Missing:
                return (new AttemptEnd.Gone(), null);
            case SpoolOpening.UnknownVersion(var version):
                return (new AttemptEnd.UnknownVersion(version), null);
            case SpoolOpening.Damaged(var reason):
                return (new AttemptEnd.Damaged(reason), null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static OutgoingMessage MessageOf(Ledger ledger, ISpoolReader reader, IReadOnlyList<LedgerRecipient> batch) => new()
    {
        ReversePath = ledger.ReversePath,
        Recipients = [.. batch.Select(to => new OutgoingRecipient(to.Address))],
        Content = reader.ReadAsync,
        Length = reader.Length,
        EightBit = reader.Envelope.EightBitMime,
    };

    private void Tell(SpoolId id, string destination, ClientTrouble trouble) => log.HostFailed(id, destination, trouble.Host, trouble.Text);

    private void Tell(SpoolId id, RecipientResult result)
    {
        switch (result.Outcome)
        {
            case Outcome.Delivered:
                log.Relayed(id, result.Recipient, result.Outcome.RemoteHost, result.Outcome.Text);
                break;
            case Outcome.Failed:
                log.Refused(id, result.Recipient, result.Outcome.RemoteHost, result.Outcome.Text);
                break;
            case Outcome.TryLater:
                log.Deferred(id, result.Recipient, result.Outcome.RemoteHost, result.Outcome.Text);
                break;
            case Outcome.Unknown:
                log.OutcomeUnknown(id, result.Recipient, result.Outcome.RemoteHost, result.Outcome.Text);
                break;
        }
    }
}
