// Keeps the lease of a maildrop alive while its session lives.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Pop3;

/// <summary>
/// Renews a lease in the background, three times in its life, so that an idle session keeps its maildrop and a vanished gateway's maildrop is free
/// within a minute. A renewal that storage does not answer is tried again; one that storage refuses is final.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>The time between renewals.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private readonly IMaildropLease _lease;
    private readonly string _session;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _keeping;
    private bool _lost;
    private bool _released;

    /// <summary>Begins to keep a lease.</summary>
    public LeaseKeeper(IMaildropLease lease, string session, TimeProvider time, ILogger log)
    {
        _lease = lease;
        _session = session;
        _time = time;
        _log = log;
        _keeping = KeepAsync(_ending.Token);
    }

    /// <summary>How long the lease still lasts.</summary>
    public TimeSpan Remaining => _lease.Remaining;

    /// <summary>Ends the renewals in the background: from now on the caller renews, when it needs the lease.</summary>
    public async Task TakeOverAsync()
    {
        await _ending.CancelAsync();
        await _keeping;
    }

    /// <summary>Renews the lease; only after <see cref="TakeOverAsync"/>.</summary>
    /// <returns>False if it is lost, or if storage does not say.</returns>
    public async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        if (_lost)
            return false;
        try
        {
            _lost = !await _lease.RenewAsync(cancellationToken);
            if (_lost)
                _log.LeaseLost(_session);
            return !_lost;
        }
        catch (StoreUnavailableException error)
        {
            _log.LeaseNotRenewed(_session, error.Message);
            return false;
        }
    }

    /// <summary>Gives the lease up, once. If storage does not answer, the lease ends by itself within a minute.</summary>
    public async Task ReleaseAsync()
    {
        if (_released)
            return;
        _released = true;
        try
        {
            await TakeOverAsync();
        }
        finally
        {
            // Not to be cancelled: whoever waits for this maildrop would wait longer. The store has a time limit of its own.
            await TryReleaseAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        _ending.Dispose();
    }

    private async Task KeepAsync(CancellationToken ending)
    {
        try
        {
            while (!_lost)
            {
                await Task.Delay(Interval, _time, ending);
                await TryRenewAsync(ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // taken over
        }
    }

    private async Task TryReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _lease.ReleaseAsync(cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            _log.LeaseNotReleased(_session, error.Message);
        }
    }
}
