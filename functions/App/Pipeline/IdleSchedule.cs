// When a message that nobody seems to work on is enqueued again.
namespace MailFunctions.App.Pipeline;

/// <summary>
/// The ages at which an idle message is enqueued: a first age, then doubled, at most six hours apart. Nothing is remembered: whether an age was
/// reached since the last look follows from the age now and the time since.
/// </summary>
internal static class IdleSchedule
{
    private static readonly TimeSpan MaxGap = TimeSpan.FromHours(6);

    /// <summary>Whether one of the ages was reached since the last look.</summary>
    /// <param name="age">For how long the message has been idle.</param>
    /// <param name="sinceLastLook">Time since the last look at it; null if that is not known, which makes every idle message due.</param>
    /// <param name="first">The first age, more than zero.</param>
    public static bool IsDue(TimeSpan age, TimeSpan? sinceLastLook, TimeSpan first) =>
        age >= first && (sinceLastLook is null || LastReached(age, first) > age - sinceLastLook.Value);

    private static TimeSpan LastReached(TimeSpan age, TimeSpan first)
    {
        var reached = first;
        while (reached < MaxGap)
        {
            if (reached + reached > age)
                return reached;
            reached += reached;
        }
        return reached + Math.Floor((age - reached) / MaxGap) * MaxGap;
    }
}
