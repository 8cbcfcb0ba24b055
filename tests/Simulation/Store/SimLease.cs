// The lease of a simulated blob.
using System.Globalization;

namespace MailFunctions.Simulation.Store;

/// <summary>Who holds a blob, and until when. The states are those of the service's documentation of Lease Blob.</summary>
internal sealed class SimLease
{
    private string? _id;
    private int _seconds; // -1 for ever
    private DateTimeOffset _ends;
    private DateTimeOffset? _breaks;

    private enum State
    {
        Available,
        Leased,
        Breaking,
        Broken,
        Expired,
    }

    /// <summary>The state in the words of a header.</summary>
    public string StateName(DateTimeOffset now) => StateAt(now) switch
    {
        State.Available => "available",
        State.Leased => "leased",
        State.Breaking => "breaking",
        State.Broken => "broken",
        _ => "expired",
    };

    /// <summary>Whether writes need the lease's id.</summary>
    public bool IsLocked(DateTimeOffset now) => StateAt(now) is State.Leased or State.Breaking;

    /// <summary>Refuses a write that does not come from the holder.</summary>
    public void CheckWrite(string? id, DateTimeOffset now)
    {
        if (IsLocked(now))
        {
            if (string.IsNullOrEmpty(id))
                throw new SimRefusal(412, "LeaseIdMissing");
            if (!Same(id))
                throw new SimRefusal(412, "LeaseIdMismatchWithBlobOperation");
        }
        else if (!string.IsNullOrEmpty(id))
        {
            throw new SimRefusal(412, "LeaseLost");
        }
    }

    /// <summary>What a write leaves of a lease: one that is over is forgotten.</summary>
    public void Settle(DateTimeOffset now)
    {
        if (!IsLocked(now))
            Clear();
    }

    /// <summary>Does one action of Lease Blob.</summary>
    public SimAnswer Handle(SimRequest request, DateTimeOffset now) => request.Header("x-ms-lease-action") switch
    {
        "acquire" => Acquire(
            request.Header("x-ms-proposed-lease-id") ?? "", int.Parse(request.Header("x-ms-lease-duration")!, CultureInfo.InvariantCulture), now),
        "renew" => Renew(request.Header("x-ms-lease-id"), now),
        "release" => Release(request.Header("x-ms-lease-id")),
        "break" => Break(request.Header("x-ms-lease-break-period"), now),
        _ => throw new SimRefusal(400, "InvalidHeaderValue"),
    };

    private SimAnswer Acquire(string id, int seconds, DateTimeOffset now)
    {
        var state = StateAt(now);
        if (state == State.Breaking)
            throw new SimRefusal(409, Same(id) ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent");
        if (state == State.Leased && !Same(id))
            throw new SimRefusal(409, "LeaseAlreadyPresent");
        if (seconds is not -1 and (< 15 or > 60))
            throw new SimRefusal(400, "InvalidHeaderValue");
        (_id, _seconds, _ends, _breaks) = (id, seconds, now.AddSeconds(seconds), null);
        return new SimAnswer(201).With("x-ms-lease-id", id);
    }

    private SimAnswer Renew(string? id, DateTimeOffset now)
    {
        if (_id is null || !Same(id))
            throw new SimRefusal(409, "LeaseIdMismatchWithLeaseOperation");
        if (StateAt(now) is State.Breaking or State.Broken)
            throw new SimRefusal(409, "LeaseIsBrokenAndCannotBeRenewed");
        _ends = now.AddSeconds(_seconds);
        return new SimAnswer(200).With("x-ms-lease-id", _id);
    }

    private SimAnswer Release(string? id)
    {
        if (_id is null || !Same(id))
            throw new SimRefusal(409, "LeaseIdMismatchWithLeaseOperation");
        Clear();
        return new SimAnswer(200);
    }

    private SimAnswer Break(string? period, DateTimeOffset now)
    {
        var state = StateAt(now);
        if (state == State.Available)
            throw new SimRefusal(409, "LeaseNotPresentWithLeaseOperation");
        var wanted = period is null ? (TimeSpan?)null : TimeSpan.FromSeconds(int.Parse(period, CultureInfo.InvariantCulture));
        var breaks = state switch
        {
            State.Leased when _seconds < 0 => now + (wanted ?? TimeSpan.Zero),
            State.Leased => wanted is { } soon && now + soon < _ends ? now + soon : _ends,
            State.Breaking => wanted is { } sooner && now + sooner < _breaks ? now + sooner : _breaks ?? now,
            _ => now,
        };
        _breaks = breaks;
        var left = Math.Max(0, (breaks - now).TotalSeconds);
        return new SimAnswer(202).With("x-ms-lease-time", ((int)left).ToString(CultureInfo.InvariantCulture));
    }

    private State StateAt(DateTimeOffset now)
    {
        if (_id is null)
            return State.Available;
        if (_breaks is { } breaks)
            return now < breaks ? State.Breaking : State.Broken;
        return _seconds < 0 || now < _ends ? State.Leased : State.Expired;
    }

    private bool Same(string? id) => string.Equals(id, _id, StringComparison.OrdinalIgnoreCase);

    private void Clear() => (_id, _seconds, _ends, _breaks) = (null, 0, default, null);
}
