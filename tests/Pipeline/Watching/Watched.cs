// Keeps what this process counts and traces while a test runs alone.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using MailFunctions.Telemetry;

namespace MailFunctions.Pipeline.Watching;

/// <summary>A listener to everything of ours.</summary>
internal sealed class Watched : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _spans;
    private readonly Dictionary<string, double> _sums = [];
    private readonly ConcurrentQueue<Activity> _ended = [];

    public Watched(params string[] meters)
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (!meters.Contains(instrument.Meter.Name))
                return;
            lock (_sums)
                Instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MailSpans.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_spans);
    }

    /// <summary>Every instrument by its name.</summary>
    public Dictionary<string, Instrument> Instruments { get; } = [];

    /// <summary>The tags with which each instrument was used.</summary>
    public Dictionary<string, SortedSet<string>> Tags { get; } = [];

    /// <summary>The spans that have ended.</summary>
    public IReadOnlyCollection<Activity> Spans => _ended;

    /// <summary>The sum of an instrument, its tags' values behind its name; 0 if nothing was counted.</summary>
    public double this[string key]
    {
        get
        {
            lock (_sums)
                return _sums.GetValueOrDefault($"mailfunctions.{key}");
        }
    }

    public void Dispose()
    {
        _meters.Dispose();
        _spans.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_sums)
        {
            var used = Tags.TryGetValue(instrument.Name, out var known) ? known : Tags[instrument.Name] = new(StringComparer.Ordinal);
            var key = instrument.Name;
            foreach (var tag in tags)
            {
                used.Add(tag.Key);
                key += $" {tag.Value}";
            }
            _sums[key] = _sums.GetValueOrDefault(key) + value;
        }
    }
}
