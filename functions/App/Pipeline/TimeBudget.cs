// The time that a stage allows itself, well below the time after which the platform would kill the whole process.
namespace MailFunctions.App.Pipeline;

/// <summary>A span of work that began when this was made, measured by the monotonic clock.</summary>
internal sealed class TimeBudget(TimeProvider time, TimeSpan limit)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The time that is left; zero when it is used up.</summary>
    public TimeSpan Left => limit - time.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>True when the time is used up: finish what is begun, and begin nothing more.</summary>
    public bool IsSpent => time.GetElapsedTime(_start) >= limit;
}
