// What one tick of the sweep looks at, and how long ago it last did.
using System.Numerics;
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Every tick looks at the messages of the last hour, and the first one in each hour at all of them. Which one this is follows from the time of the
/// tick before, which the platform remembers.
/// </summary>
internal sealed class SweepTick
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromDays(30); // bounds the list calls where something very old is held

    private readonly DateTimeOffset _storeNow;
    private readonly string _firstPrefixBefore = "";
    private readonly TimeSpan? _sinceTick;
    private readonly TimeSpan? _sinceHourly;

    /// <summary>Places this tick.</summary>
    /// <param name="now">The time by the clock that <paramref name="last"/> was taken from.</param>
    /// <param name="last">When the tick before was, or null if that is not known: then this one looks at everything as if for the first time.</param>
    /// <param name="storeNow">The time by the storage service's clock.</param>
    public SweepTick(DateTimeOffset now, DateTimeOffset? last, DateTimeOffset storeNow)
    {
        _storeNow = storeNow;
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

    /// <summary>
    /// What is left of a look at everything that came as far as a message: the prefixes of later ids in order, but from one on that is another each
    /// hour, and then the ones before it. So each is the first once in a day or two, for as long as mail waits no longer than five days.
    /// </summary>
    public IReadOnlyList<string> PrefixesAfter(SpoolId id)
    {
        var from = id.Time > _storeNow - LongestLook ? id.Time : _storeNow - LongestLook;
        // Ids are made by gateways' clocks, which may be ahead a little.
        var left = SpoolId.PrefixesBetween(from, _storeNow + Hour).ToList();
        // Told by the prefix itself and not by its place, since the places move from hour to hour.
        var cycle = BitOperations.RoundUpToPowerOf2((uint)left.Count);
        var turn = _storeNow.UtcTicks / Hour.Ticks % cycle;
        var start = Math.Max(0, left.FindIndex(prefix => Convert.ToInt64(prefix, 16) % cycle == turn));
        return [.. left.Skip(start), .. left.Take(start)];
    }

    /// <summary>How long ago a tick last looked at this message, at most; null if that is not known.</summary>
    public TimeSpan? SinceLastLookAt(SpoolId id) =>
        string.CompareOrdinal(id.Text, _firstPrefixBefore) >= 0 ? _sinceTick : _sinceHourly;
}
