// Keeps this process from knocking, message by message, at sites that are down.
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>What the breaker of a destination says to an attempt.</summary>
internal abstract record BreakerAnswer
{
    private BreakerAnswer()
    {
    }

    /// <summary>Go ahead.</summary>
    public sealed record Go : BreakerAnswer;

    /// <summary>Go ahead, as the one who finds out for all whether the site is back.</summary>
    public sealed record Probe : BreakerAnswer;

    /// <summary>Not before this time, by the storage service's clock; it may be known better by then, because another is probing.</summary>
    public sealed record Wait(DateTimeOffset Until, bool IsProbed) : BreakerAnswer;
}

/// <summary>
/// The breakers of all processes, looked at once a minute. A breaker opens when every host of a site that was tried failed as a whole, never for a
/// refused message or recipient. When its time is over one worker probes; the site's first answer closes it. Throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
internal sealed class Breakers(IDestinations store, IStoreClock clock, TimeProvider time, RelayOptions options) : IDisposable
{
    private static readonly TimeSpan ListedEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxProbeTime = TimeSpan.FromMinutes(3);

    // If a probe takes longer, or died with its process, another worker probes as well, which is harmless. Never longer than a message waits anyway.
    private readonly TimeSpan _probeTime = options.Retry.Interval < MaxProbeTime ? options.Retry.Interval : MaxProbeTime;

    private readonly SemaphoreSlim _one = new(1, 1);
    private Dictionary<string, OpenBreaker> _open = new(StringComparer.Ordinal);
    private long? _listedAt;

    /// <summary>Asks whether a destination may be tried.</summary>
    public async Task<BreakerAnswer> AskAsync(string destination, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await ListAsync(cancellationToken);
            if (!_open.TryGetValue(destination, out var breaker))
                return new BreakerAnswer.Go();
            var now = clock.UtcNow;
            if (breaker.Until > now)
                return new BreakerAnswer.Wait(breaker.Until, breaker.IsProbed);
            var probing = now + _probeTime;
            var tag = await store.ProbeAsync(breaker, probing, cancellationToken);
            _open[destination] = breaker with { Until = probing, Tag = tag ?? breaker.Tag, IsProbed = true };
            return tag is null ? new BreakerAnswer.Wait(probing, IsProbed: true) : new BreakerAnswer.Probe();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Records that the site failed as a whole.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="wasProbe">Whether the attempt was a probe; of others, only the first to fail opens the breaker.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task SiteFailedAsync(string destination, bool wasProbe, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var known = _open.GetValueOrDefault(destination);
            if (known is not null && !wasProbe)
                return;
            var failures = (known?.Failures ?? 0) + 1;
            var until = clock.UtcNow + PauseAfter(failures);
            if (await store.OpenAsync(destination, until, failures, known?.Tag, cancellationToken) is { } tag)
                _open[destination] = new OpenBreaker(destination, until, failures, tag);
            else
                _listedAt = null; // another process was first; look again before the next attempt
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Records that the site answered. Costs nothing where no breaker is open.</summary>
    public async Task SiteAnsweredAsync(string destination, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_open.ContainsKey(destination))
                return;
            await store.CloseAsync(destination, cancellationToken);
            _open.Remove(destination);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        if (_listedAt is { } listedAt && time.GetElapsedTime(listedAt) < ListedEvery)
            return;
        var from = time.GetTimestamp();
        var open = new Dictionary<string, OpenBreaker>(StringComparer.Ordinal);
        await foreach (var breaker in store.ListAsync(cancellationToken))
            open[breaker.Destination] = breaker;
        _open = open;
        _listedAt = from;
    }

    // The first wait of a message, doubled, but never longer than the interval in which messages are tried anyway.
    private TimeSpan PauseAfter(int failures)
    {
        var pause = options.Retry.First;
        for (var i = 1; i < failures && pause < options.Retry.Interval; i++)
            pause += pause;
        return pause < options.Retry.Interval ? pause : options.Retry.Interval;
    }
}
