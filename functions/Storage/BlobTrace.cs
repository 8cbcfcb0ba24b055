// Keeps the trace: gathers what is noted and writes it in batches.
using System.Buffers;
using System.Threading.Channels;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Storage;

/// <summary>
/// One batch is one request, whether it holds one entry or thousands: under load a message costs far less than a twentieth of a write. What was noted in
/// the last <see cref="Pause"/> is lost if the process dies. When storage cannot keep up, entries are dropped and counted; mail never waits for them.
/// </summary>
public sealed class BlobTrace : BackgroundService, ITrace
{
    /// <summary>How long entries are gathered before they are written.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // What was used without anything to trace, the looks of timers for example, is told this often.
    private static readonly TimeSpan MeterPause = TimeSpan.FromMinutes(15);

    private const int MaxWaiting = 8_192;
    private const int Crowd = MaxWaiting / 4; // waiting entries that are taken before a pause is over
    private const int MaxBatch = 512 * 1024;

    private readonly TimeProvider _clock;
    private readonly ILogger<BlobTrace> _log;
    private readonly StorageMeter _meter;
    private readonly TraceBatch _batch;
    private readonly Channel<TraceEntry> _waiting;
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly SemaphoreSlim _wake = new(0);
    private int _woken;
    private volatile bool _isStopping;
    private StorageUse _told;
    private long _lost;

    /// <summary>Makes the trace of this process.</summary>
    /// <param name="stores">Where it is kept.</param>
    /// <param name="program">The program's name: small letters.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where trouble is told.</param>
    public BlobTrace(MailStores stores, string program, TimeProvider clock, ILogger<BlobTrace> log)
    {
        _clock = clock;
        _log = log;
        _meter = stores.Meter;
        _batch = new TraceBatch(stores.TraceContainer, $"{program}-{stores.NewNonce()}");
        _waiting = Channel.CreateBounded<TraceEntry>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite }, _ => Interlocked.Increment(ref _lost));
    }

    /// <inheritdoc/>
    public void Note(TraceEntry entry)
    {
        _waiting.Writer.TryWrite(entry.Time == default ? entry with { Time = _clock.GetUtcNow() } : entry);
        if (!_isStopping && _waiting.Reader.Count >= Crowd) // at the end there may be nobody left to wake
            Wake();
    }

    /// <summary>Writes what is left, and what was used.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        _isStopping = true;
        Wake();
        if (ExecuteTask is { } running)
            await running.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await GatherAsync();
            await WriteAsync(stoppingToken);
        }
        while (!_waiting.Reader.Completion.IsCompleted);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    // Ends a pause after the first entry, or when a batch is full, or after the meter's pause without any. During a pause nobody waits for single entries:
    // a thread would be woken for each.
    private async Task GatherAsync()
    {
        _lines.ResetWrittenCount();
        using var quiet = new CancellationTokenSource(MeterPause, _clock);
        if (!await HasAnyAsync(quiet.Token))
            return;
        using var pause = new CancellationTokenSource(Pause, _clock);
        for (var isOver = false; !isOver && _lines.WrittenCount < MaxBatch;)
        {
            isOver = _isStopping || !await HasCrowdAsync(pause.Token);
            Volatile.Write(ref _woken, 0);
            while (_lines.WrittenCount < MaxBatch && _waiting.Reader.TryRead(out var entry))
                TraceJson.Write(entry, _lines);
        }
    }

    private async Task<bool> HasAnyAsync(CancellationToken limit)
    {
        try
        {
            return await _waiting.Reader.WaitToReadAsync(limit);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> HasCrowdAsync(CancellationToken limit)
    {
        try
        {
            await _wake.WaitAsync(limit);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            _wake.Release();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var lost = Interlocked.Exchange(ref _lost, 0);
        if (lost > 0)
            TraceJson.Write(new TraceEntry(TraceKind.Lost, now) { Count = lost }, _lines);
        var total = _meter.Total;
        if (_lines.WrittenCount == 0 && total == _told)
            return;
        // The requests that this very batch makes are told with it; when they are counted, they are known already.
        var use = total - _told + new StorageUse { Writes = _batch.RequestsAt(now) };
        _told += use;
        TraceJson.Write(new TraceEntry(TraceKind.Metered, now) { Use = use }, _lines);
        try
        {
            await _batch.AppendAsync(_lines.WrittenMemory, now, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException) // a process that handles mail does not end over what it tells
        {
            _log.TraceLost(_lines.WrittenCount, error);
            _told -= use; // with the next batch
        }
    }
}
