// A destination while one worker has it.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// A claim and the ledger behind it. The claim is renewed while this lives and every change goes through it, so that a worker who has lost it changes
/// nothing any more. Its end is measured on this machine's monotonic clock from before the call that took or renewed it, never later than storage
/// measures it.
/// </summary>
internal sealed class ClaimedDestination : IAsyncDisposable
{
    /// <summary>How long a claim lasts.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(90);

    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan RenewedEvery = TimeSpan.FromSeconds(30);

    private const int MaxRaces = 20;

    private readonly ILedger _store;
    private readonly IStoreClock _clock;
    private readonly TimeProvider _time;
    private readonly string _destination;
    private readonly string _holder;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private long _heldFrom;
    private volatile bool _lost;

    private ClaimedDestination(ILedger store, IStoreClock clock, TimeProvider time, Ledger ledger, string tag, string destination, string holder, long heldFrom)
    {
        (_store, _clock, _time, _destination, _holder, _heldFrom) = (store, clock, time, destination, holder, heldFrom);
        (Ledger, Tag) = (ledger, tag);
        _renewing = RenewAsync();
    }

    /// <summary>The ledger as of the last change.</summary>
    public Ledger Ledger { get; private set; }

    /// <summary>Names the ledger's state in storage for a compare-and-swap.</summary>
    public string Tag { get; private set; }

    /// <summary>What is left of the destination.</summary>
    public LedgerDestination? Row => Ledger.Find(_destination);

    /// <summary>True while nobody else can have the destination: the last moment to ask is right before the final dot.</summary>
    public bool IsHeld => !_lost && _time.GetElapsedTime(Interlocked.Read(ref _heldFrom)) < Duration;

    /// <summary>Takes the claim.</summary>
    /// <returns>Null if the ledger has changed since it was read.</returns>
    /// <exception cref="StoreUnavailableException">Storage could not be reached; the claim may have been taken, and then runs out by itself.</exception>
    public static async Task<ClaimedDestination?> TakeAsync(
        ILedger store, IStoreClock clock, TimeProvider time, LedgerReading.Found read, LedgerDestination row, string holder, CancellationToken cancellationToken)
    {
        var from = time.GetTimestamp();
        var claimed = read.Ledger.With(row with { Claim = new DestinationClaim(holder, clock.UtcNow + Duration) });
        return await store.UpdateAsync(claimed, read.Tag, cancellationToken) is { } tag
            ? new ClaimedDestination(store, clock, time, claimed, tag, row.Name, holder, from)
            : null;
    }

    /// <summary>
    /// Changes the ledger, on top of whatever other workers changed elsewhere in it. A change after which nothing remains is not written: the deletion
    /// of spool blob and ledger, which has to follow, is its record.
    /// </summary>
    /// <returns>False if the claim is lost: another worker has the destination, and nothing was changed.</returns>
    /// <exception cref="StoreUnavailableException">Storage could not be reached; the change may have been made or not.</exception>
    public async Task<bool> ChangeAsync(Func<Ledger, Ledger> change, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            for (var race = 0; race < MaxRaces && !_lost; race++)
            {
                var changed = change(Ledger);
                if (changed.IsFinished && IsHeld)
                {
                    Ledger = changed;
                    return true;
                }
                if (await _store.UpdateAsync(changed, Tag, cancellationToken) is { } tag)
                {
                    (Ledger, Tag) = (changed, tag);
                    return true;
                }
                if (await _store.ReadAsync(Ledger.Id, cancellationToken) is not LedgerReading.Found found || found.Ledger.Find(_destination)?.Claim?.Holder != _holder)
                    break;
                (Ledger, Tag) = (found.Ledger, found.Tag);
            }
            _lost = true;
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends the renewals; the claim itself is given up by a change, or runs out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        _one.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (!_lost)
            {
                await Task.Delay(RenewedEvery, _time, _stop.Token);
                var from = _time.GetTimestamp();
                if (await ChangeAsync(Renewed, _stop.Token))
                    Interlocked.Exchange(ref _heldFrom, from);
            }
        }
        catch (OperationCanceledException)
        {
            // the attempt is over
        }
        catch (StoreUnavailableException)
        {
            _lost = true; // whether the renewal took effect is not known: no final dot from here on
        }
    }

    private Ledger Renewed(Ledger ledger) => ledger.Find(_destination) is { Claim: not null } row
        ? ledger.With(row with { Claim = new DestinationClaim(_holder, _clock.UtcNow + Duration) })
        : ledger;
}
