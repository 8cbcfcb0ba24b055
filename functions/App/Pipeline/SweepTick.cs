// What one tick of the sweep looks at, and how long ago it last did.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Every tick looks at the messages of the last hour, and the first one in each hour at all of them. Which one this is follows from the time of the
/// tick before, which the platform remembers.
/// </summary>
internal sealed class SweepTick
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _firstPrefixBefore = "";
    private readonly TimeSpan? _sinceTick;
    private readonly TimeSpan? _sinceHourly;

    /// <summary>Places this tick.</summary>
    /// <param name="now">The time by the clock that <paramref name="last"/> was taken from.</param>
    /// <param name="last">When the tick before was, or null if that is not known: then this one looks at everything as if for the first time.</param>
    /// <param name="storeNow">The time by the storage service's clock.</param>
    public SweepTick(DateTimeOffset now, DateTimeOffset? last, DateTimeOffset storeNow)
    {
        // A clock that was set back since then says nothing about the time that has passed.
        if (last is null || last >= now)
        {
            IsHourly = true;
            Prefixes = [""];
            return;
        }
        var hourBefore = new DateTimeOffset(last.Value.UtcTicks - last.Value.UtcTicks % Hour.Ticks, TimeSpan.Zero);
        IsHourly = now - hourBefore >= Hour;
        Prefixes = IsHourly ? [""] : [.. SpoolId.PrefixesBetween(storeNow - Hour, storeNow)];
        _sinceTick = now - last;
        _sinceHourly = now - hourBefore; // the hourly look then was at the first tick of that hour, not earlier
        _firstPrefixBefore = SpoolId.PrefixesBetween(storeNow - _sinceTick.Value - Hour, storeNow).First();
    }

    /// <summary>True if this tick looks at everything.</summary>
    public bool IsHourly { get; }

    /// <summary>The id prefixes to list, in order.</summary>
    public IReadOnlyList<string> Prefixes { get; }

    /// <summary>How long ago a tick last looked at this message, at most; null if that is not known.</summary>
    public TimeSpan? SinceLastLookAt(SpoolId id) =>
        string.CompareOrdinal(id.Text, _firstPrefixBefore) >= 0 ? _sinceTick : _sinceHourly;
}
