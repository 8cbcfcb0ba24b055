// The time that a stage allows itself, well below the time after which the platform would kill the whole process.
namespace MailFunctions.App.Pipeline;

/// <summary>A span of work that began when this was made, measured by the monotonic clock.</summary>
internal sealed class TimeBudget(TimeProvider time, TimeSpan limit)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>True when the time is used up: finish what is begun, and begin nothing more.</summary>
    public bool IsSpent => time.GetElapsedTime(_start) >= limit;
}
