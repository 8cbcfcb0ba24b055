// When a timer is due: NCRONTAB with seconds, in UTC.
using NCrontab;

namespace MailFunctions.Local.Host;

/// <summary>A timer's schedule, as the platform reads it by default: in UTC, five fields or six with seconds first.</summary>
internal sealed class TimerSchedule
{
    private static readonly TimeSpan MonitoredInterval = TimeSpan.FromMinutes(1);

    private readonly CrontabSchedule _cron;

    private TimerSchedule(CrontabSchedule cron) => _cron = cron;

    /// <summary>Reads an NCRONTAB expression.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static TimerSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
        return CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 }) is { } cron
            ? new TimerSchedule(cron)
            : throw new InvalidDataException($"'{text}' is not an NCRONTAB schedule like '0 */5 * * * *'.");
    }

    /// <summary>The first occurrence after a time.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset time) => new(_cron.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    /// <summary>Whether the host keeps a record of the runs: not of those less than a minute apart.</summary>
    public bool IsMonitored(DateTimeOffset now)
    {
        var next = NextAfter(now);
        return NextAfter(next) - next >= MonitoredInterval;
    }
}
