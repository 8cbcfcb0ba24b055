// Keeps what the gateway counts.
using System.Diagnostics.Metrics;
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Protocol;

/// <summary>The sums of all instruments, by instrument and the values of their tags.</summary>
internal sealed class MemoryMeters : IMeterFactory
{
    private readonly Dictionary<string, int> _sums = [];
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];

    public MemoryMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, measurement, tags, _) =>
        {
            var key = instrument.Name[(instrument.Name.LastIndexOf('.') + 1)..];
            foreach (var tag in tags)
                key += $" {tag.Value}";
            lock (_sums)
                _sums[key] = _sums.GetValueOrDefault(key) + measurement;
        });
        _listener.Start();
        Metrics = new GatewayMetrics(this);
    }

    /// <summary>The gateway's instruments, of which this keeps the sums.</summary>
    public GatewayMetrics Metrics { get; }

    /// <summary>A sum, like that of <c>limits Errors</c>; 0 if nothing was counted.</summary>
    public int this[string key]
    {
        get
        {
            lock (_sums)
                return _sums.GetValueOrDefault(key);
        }
    }

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        // Made without this factory, so that the meter is known before its first instrument is.
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
