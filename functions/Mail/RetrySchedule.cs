// When a message that could not be delivered yet is tried again, when its sender is warned, and when it is given up.
namespace MailFunctions.Mail;

/// <summary>
/// The pace of retries as a pure function of a message's age and attempts. Age is counted from the storage service's time of the spool blob to the
/// storage service's time now, so that no worker's clock can shorten a message's life.
/// </summary>
public sealed record RetrySchedule
{
    /// <summary>The largest share by which jitter lengthens or shortens a wait.</summary>
    public const double JitterShare = 0.1;

    /// <summary>The wait after the first attempt.</summary>
    public TimeSpan First { get; init => field = Positive(value); } = TimeSpan.FromMinutes(5);

    /// <summary>The wait between attempts while the message is younger than <see cref="WarnAfter"/>.</summary>
    public TimeSpan Interval { get; init => field = Positive(value); } = TimeSpan.FromMinutes(15);

    /// <summary>The age from which the sender is warned, and from which the waits double.</summary>
    public TimeSpan WarnAfter { get; init => field = Positive(value); } = TimeSpan.FromHours(4);

    /// <summary>The longest wait, before jitter.</summary>
    public TimeSpan MaxInterval { get; init => field = Positive(value); } = TimeSpan.FromHours(3);

    /// <summary>The age from which a failed attempt is the last one.</summary>
    public TimeSpan GiveUpAfter { get; init => field = Positive(value); } = TimeSpan.FromDays(5);

    /// <summary>The time of the next attempt, never before <paramref name="now"/>.</summary>
    /// <param name="age">The message's age at <paramref name="now"/>; a negative one, from clocks that disagree, counts as none.</param>
    /// <param name="attempts">Attempts made so far; without any, the next is due at once.</param>
    /// <param name="now">The storage service's time.</param>
    /// <param name="jitter">0 to 1, evenly distributed and the same whenever this decision is made again; 0.5 changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="jitter"/> is outside 0 to 1.</exception>
    public DateTimeOffset NextAttempt(TimeSpan age, int attempts, DateTimeOffset now, double jitter)
    {
        if (!(jitter is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "Jitter is a share from 0 to 1.");
        if (attempts <= 0)
            return now;
        var wait = Wait(age, attempts) * (1 - JitterShare + 2 * JitterShare * jitter);
        // The last attempt comes at the end of the message's life and not hours before it, yet never in a hurry: a server that recovers late is met.
        var left = GiveUpAfter - age;
        if (left > TimeSpan.Zero && wait > left)
            wait = left > First ? left : First;
        return now + wait;
    }

    /// <summary>Whether a message of this age, still not delivered, is late enough for a warning.</summary>
    public bool ShouldWarn(TimeSpan age) => age >= WarnAfter && age < GiveUpAfter;

    /// <summary>
    /// Whether a message is given up after an attempt that failed for now. Only the age at which that attempt began counts: a message that comes late
    /// to its turn, because it was held up here, is tried before it is given up.
    /// </summary>
    public bool ShouldGiveUp(TimeSpan ageAtLastAttempt) => ageAtLastAttempt >= GiveUpAfter;

    private TimeSpan Wait(TimeSpan age, int attempts)
    {
        if (attempts == 1)
            return Min(First, MaxInterval);
        if (age < WarnAfter)
            return Min(Interval, MaxInterval);
        // Twice the interval, plus the time since the doubling began: attempts at these waits make each wait twice the one before it, and neither
        // jitter nor an outage of ours can bring the series out of step, as they would if it counted attempts.
        var late = age - WarnAfter;
        return late >= MaxInterval ? MaxInterval : Min(2 * Interval + late, MaxInterval);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Positive(TimeSpan value) =>
        value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A retry schedule has no time of zero or less.");
}
