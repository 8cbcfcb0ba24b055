// The way of one attempt from host to host.
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.App.Pipeline.TlsReports;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Smtp.Client;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Tries the hosts of a route in order, with at most two sessions: the next host after one that is dead, refuses for now or is lost (RFC 5321 5.1).
/// What is final is recorded after every transaction. Made for one attempt.
/// </summary>
internal sealed class HostWalk(
    RelaySessions sessions, ClaimedDestination claim, LedgerDestination row, Taker taker, TimeBudget budget, IStoreClock storeClock, ITrace trace, ILogger log)
{
    private const int MaxSessions = 2;

    private readonly string _site = taker.SiteFor(row.Name);
    private readonly Dictionary<EmailAddress, Outcome> _outcomes = [];
    private readonly List<Task> _farewells = [];

    // Those whom the next host may be asked about.
    private List<LedgerRecipient> _open = [.. row.Recipients];
    private ClientTrouble? _siteTrouble;
    private bool _answered;
    private int _sessions;

    /// <summary>Goes it.</summary>
    public async Task<AttemptEnd> RunAsync(IReadOnlyList<RelayHost> hosts, CancellationToken cancellationToken)
    {
        string? done = null;
        foreach (var host in hosts)
        {
            if (_sessions == MaxSessions || _open.Count == 0 || budget.IsSpent)
                break;
            if (host.Name == done)
                continue; // another address of a host that has said what it says
            if (await ConnectAsync(host, cancellationToken) is not { } connection)
                continue;
            AttemptEnd? end = null;
            var isSane = false;
            try
            {
                end = await TransactAllAsync(connection, cancellationToken);
                isSane = true;
            }
            finally
            {
                if (!isSane)
                    await connection.DisposeAsync();
            }
            if (connection.IsUsable)
                done = host.Name;
            _farewells.Add(sessions.LeaveAsync(_site, host, taker, connection));
            if (end is not null)
                return end;
        }
        return new AttemptEnd.Ended(
            _outcomes.Where(pair => pair.Value is Outcome.TryLater or Outcome.Unknown).ToDictionary(), _siteTrouble?.ToOutcome(),
            _answered ? SiteHealth.Answers : _siteTrouble is null ? SiteHealth.Unknown : SiteHealth.Down, Task.WhenAll(_farewells));
    }

    private async Task<SmtpConnection?> ConnectAsync(RelayHost host, CancellationToken cancellationToken)
    {
        for (var isPlain = false; _sessions < MaxSessions; isPlain = true)
        {
            switch (await sessions.OpenAsync(_site, host, taker, isPlain, budget.Left, cancellationToken))
            {
                case ConnectResult.Connected(var connection):
                    _sessions++;
                    NoteTestedPolicy(host, connection);
                    if (!isPlain && connection.Transactions == 0)
                        NoteTls(TlsNotes.Connected(row.Name, host, taker.Policy, connection));
                    return connection;
                case ConnectResult.Failed(var trouble):
                    _siteTrouble = trouble;
                    trace.Note(new TraceEntry(TraceKind.Attempted) { Id = claim.Ledger.Id, Destination = row.Name, Host = trouble.Host, Succeeded = false, Reply = trouble.Text });
                    log.HostFailed(claim.Ledger.Id, row.Name, trouble.Host, trouble.Text);
                    NoteTls(TlsNotes.Failed(row.Name, host, taker.Policy, trouble));
                    if (trouble.Stage != ClientStage.Connect)
                        _sessions++;
                    // RFC 7435: mail in clear is better than no mail, unless a smarthost is to be trusted or the domain has said that it is not.
                    if (trouble.Cause != TroubleCause.TlsFailed || isPlain || taker.Smarthost is not null || taker.IsEnforced)
                        return null;
                    break;
            }
        }
        return null;
    }

    // For the report to the domain (RFC 8460): of mail of ours, not of reports, or reports would be about reports (RFC 8460 3).
    private void NoteTls(TraceEntry? entry)
    {
        if (entry is not null && taker.Smarthost is null && claim.Ledger.Origin == MessageOrigin.Client)
            trace.Note(entry);
    }

    private void NoteTestedPolicy(RelayHost host, SmtpConnection connection)
    {
        if (taker.Policy is not { Mode: StsMode.Testing } policy)
            return;
        var why = !policy.Allows(host.Name) ? "it is not named there"
            : !connection.IsTls ? "there is no TLS"
            : !connection.IsVerified ? "its certificate is not good for its name"
            : null;
        if (why is not null)
            log.PolicyWouldRefuse(claim.Ledger.Id, row.Name, host.Name, why);
    }

    // Null to go on with the next host, if anybody is left.
    private async Task<AttemptEnd?> TransactAllAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        var turn = _open;
        _open = [];
        while (turn.Count > 0 && connection.IsUsable)
        {
            var batch = turn.Take(connection.MaxRecipients).ToList();
            turn.RemoveRange(0, batch.Count);
            var (result, end) = await sessions.SendAsync(connection, claim, batch, cancellationToken);
            if (end is not null)
                return end;
            if (result is not SendResult.Ended ended || !await RecordAsync(ended, cancellationToken))
                return new AttemptEnd.ClaimLost();
            Sort(batch, ended, turn);
        }
        _open.AddRange(turn);
        return null;
    }

    private async Task<bool> RecordAsync(SendResult.Ended ended, CancellationToken cancellationToken)
    {
        _siteTrouble = ended.Trouble is { Scope: TroubleScope.Site } trouble ? trouble : null;
        _answered |= _siteTrouble is null;
        foreach (var result in ended.Recipients)
        {
            _outcomes[result.Recipient] = result.Outcome;
            Tell(result);
        }
        var final = ended.Recipients
            .Where(result => result.Outcome is Outcome.Delivered or Outcome.Failed)
            .ToDictionary(result => result.Recipient, result => result.Outcome);
        var now = storeClock.UtcNow;
        return final.Count == 0 || await claim.ChangeAsync(ledger => LedgerTransitions.Conclude(ledger, row.Name, final, now), cancellationToken);
    }

    // Those who are to be tried later are tried at the next host; those who were too many for one transaction come again in this session. Where nobody
    // knows whether the message was taken, nobody else is asked in this attempt.
    private void Sort(List<LedgerRecipient> batch, SendResult.Ended ended, List<LedgerRecipient> turn)
    {
        var someTaken = ended.Recipients.Any(result => result.Outcome is Outcome.Delivered);
        foreach (var (to, result) in batch.Zip(ended.Recipients))
        {
            if (result.Outcome is Outcome.TryLater)
                (someTaken && WasOneTooMany(result) ? turn : _open).Add(to);
        }
    }

    // RFC 5321 4.5.3.1.10
    private static bool WasOneTooMany(RecipientResult result) =>
        result.Trouble is { Scope: TroubleScope.Recipient, Reply.Code: 452 or 552 } trouble
        && trouble.Status is { Subject: 5, Detail: 3 } or { Subject: 0 };

    private void Tell(RecipientResult result)
    {
        var (id, outcome) = (claim.Ledger.Id, result.Outcome);
        trace.Note(new TraceEntry(TraceKind.Attempted)
        {
            Id = id, From = claim.Ledger.ReversePath?.ToString() ?? "", To = [result.Recipient.ToString()], Destination = row.Name, Host = outcome.RemoteHost,
            Succeeded = outcome is Outcome.Delivered, Reply = outcome.Text,
        });
        switch (outcome)
        {
            case Outcome.Delivered:
                log.Relayed(id, result.Recipient, outcome.RemoteHost, outcome.Text);
                break;
            case Outcome.Failed:
                log.Refused(id, result.Recipient, outcome.RemoteHost, outcome.Text);
                break;
            case Outcome.TryLater:
                log.Deferred(id, result.Recipient, outcome.RemoteHost, outcome.Text);
                break;
            case Outcome.Unknown:
                log.OutcomeUnknown(id, result.Recipient, outcome.RemoteHost, outcome.Text);
                break;
        }
        PipelineMetrics.Concluded(outcome);
    }
}
