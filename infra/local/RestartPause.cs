// How long to wait before a program that died is started again.
namespace MailFunctions.Local;

/// <summary>
/// No pause after a life of ten seconds or more; after a short one 100 ms, doubling to at most a second: a program that dies at once does not spin, and
/// one that is killed again and again is never long away. Not safe for concurrent use.
/// </summary>
internal sealed class RestartPause(TimeProvider time)
{
    private static readonly TimeSpan LongLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private long? _started;
    private TimeSpan _next;

    /// <summary>The pause before the next start, which is taken to follow it.</summary>
    public TimeSpan BeforeNext()
    {
        var pause = TimeSpan.Zero;
        if (_started is { } started && time.GetElapsedTime(started) < LongLife)
        {
            pause = _next;
            _next = _next == TimeSpan.Zero ? First : _next * 2 < Longest ? _next * 2 : Longest;
        }
        else
        {
            _next = TimeSpan.Zero;
        }
        _started = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
        return pause;
    }
}
