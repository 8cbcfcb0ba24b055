// How long to wait before a program that died is started again.
namespace MailFunctions.Local;

/// <summary>
/// No pause after a life of ten seconds or more; after a short one 100 ms, doubling to at most <paramref name="longest"/>: a program that dies at once
/// does not spin, and one that is killed again and again is never long away. Not safe for concurrent use.
/// </summary>
/// <param name="longest">The longest pause; zero for none at all.</param>
/// <param name="time">The time.</param>
internal sealed class RestartPause(TimeSpan longest, TimeProvider time)
{
    private static readonly TimeSpan LongLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    private long? _started;
    private TimeSpan _next;

    /// <summary>The pause before the next start, which is taken to follow it.</summary>
    public TimeSpan BeforeNext()
    {
        var pause = TimeSpan.Zero;
        if (_started is { } started && time.GetElapsedTime(started) < LongLife)
        {
            pause = _next;
            var next = _next == TimeSpan.Zero ? First : _next * 2;
            _next = next < longest ? next : longest;
        }
        else
        {
            _next = TimeSpan.Zero;
        }
        _started = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
        return pause;
    }
}
