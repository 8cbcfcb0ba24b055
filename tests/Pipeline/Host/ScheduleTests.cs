// The host's pure rules: when to poll, when to run, when to give up.
using MailFunctions.Local;
using MailFunctions.Local.Host;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Host;

public sealed class ScheduleTests
{
    [Fact]
    public void An_empty_queue_is_looked_at_ever_more_rarely_until_a_minute()
    {
        var backoff = new PollingBackoff(TimeSpan.FromMinutes(1), new Random(1));
        double[] expected = [0.1, 0.2, 0.3, 0.5, 0.9, 1.7, 3.3, 6.5, 12.9, 25.7, 51.3, 60, 60];

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < expected.Length; i++)
            {
                var pause = (round > 0 && i == 0 ? backoff.AfterMessages() : backoff.AfterNothing()).TotalSeconds;
                Assert.InRange(pause, Math.Min(60, 0.1 + ((expected[i] - 0.1) * 0.8)) - 0.001, Math.Min(60, 0.1 + ((expected[i] - 0.1) * 1.2)) + 0.001);
            }
        }
    }

    [Fact]
    public void The_longest_pause_is_never_passed()
    {
        var backoff = new PollingBackoff(TimeSpan.FromMilliseconds(100), new Random(1));

        Assert.All(Enumerable.Range(0, 20).Select(_ => backoff.AfterNothing()), pause => Assert.Equal(TimeSpan.FromMilliseconds(100), pause));
    }

    [Theory]
    [InlineData("0 * * * * *", "2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z")]
    [InlineData("0 * * * * *", "2026-03-01T12:00:59.999Z", "2026-03-01T12:01:00Z")]
    [InlineData("* * * * * *", "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:01Z")]
    [InlineData("0 */10 * * * *", "2026-03-01T12:50:00Z", "2026-03-01T13:00:00Z")]
    [InlineData("30 15 3 * * *", "2026-03-01T03:15:30Z", "2026-03-02T03:15:30Z")]
    [InlineData("*/5 * * * *", "2026-03-01T12:01:00Z", "2026-03-01T12:05:00Z")]
    [InlineData("0 0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 30 2 * * *", "2026-03-29T02:29:59+02:00", "2026-03-29T02:30:00Z")]
    public void A_schedule_names_its_next_occurrence_in_utc(string schedule, string after, string next) =>
        Assert.Equal(Time(next), TimerSchedule.Parse(schedule).NextAfter(Time(after)));

    [Theory]
    [InlineData("")]
    [InlineData("every minute")]
    [InlineData("61 * * * * *")]
    [InlineData("* * * *")]
    public void What_is_no_schedule_is_refused(string schedule) => Assert.Throws<InvalidDataException>(() => TimerSchedule.Parse(schedule));

    [Theory]
    [InlineData("* * * * * *", false)]
    [InlineData("*/30 * * * * *", false)]
    [InlineData("0 * * * * *", true)]
    [InlineData("0 */10 * * * *", true)]
    public void Only_runs_a_minute_apart_are_recorded(string schedule, bool monitored) =>
        Assert.Equal(monitored, TimerSchedule.Parse(schedule).IsMonitored(Time("2026-03-01T12:00:00Z")));

    [Theory]
    [InlineData(null, null, null, "12:01")] // never seen: begins now
    [InlineData("11:58", "11:59", "11:58", "11:59")] // a run was missed: it stands as it is, and is past due
    [InlineData(null, "12:01", "12:00", "12:01")] // seen but not yet run
    [InlineData("11:59", "12:05", "11:59", "12:01")] // the schedule was changed: no run is missed
    [InlineData("09:00", "10:00", "09:00", "12:01")] // changed, and long ago
    public void The_record_is_brought_in_line_with_the_schedule(string? last, string? next, string? updated, string expected)
    {
        var recorded = next is null ? null : new ScheduleStatus(Of(last), Of(next), Of(updated));

        var status = ScheduleMonitor.Reconcile(recorded, TimerSchedule.Parse("0 * * * * *"), Time("2026-03-01T12:00:30Z"));

        Assert.Equal(Of(expected), status.Next);
    }

    [Theory]
    [InlineData(3, "0 1 2", "..S")]
    [InlineData(3, "0 29 58", "..S")]
    [InlineData(3, "0 31 60", "...")]
    [InlineData(3, "0 31 60 61", "...S")]
    [InlineData(1, "0", "S")]
    [InlineData(5, "0 1 2 3 4", "....S")]
    public void The_worker_may_fail_so_often(int limit, string minutes, string verdicts)
    {
        var errors = new WorkerErrors(limit);
        var start = Time("2026-03-01T12:00:00Z");

        Assert.Equal(verdicts, string.Concat(minutes.Split(' ').Select(minute => errors.Add(start.AddMinutes(int.Parse(minute))) ? 'S' : '.')));
    }

    [Theory]
    [InlineData(1_000, new double[] { 0, 0, 100, 200, 400, 800, 1000, 1000 })]
    [InlineData(50, new double[] { 0, 0, 50, 50, 50, 50, 50, 50 })]
    [InlineData(0, new double[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void A_program_that_dies_at_once_is_restarted_a_little_later_each_time_and_one_that_lived_at_once(int longest, double[] expected)
    {
        var time = new FakeTime();
        var pause = new RestartPause(TimeSpan.FromMilliseconds(longest), time);
        var pauses = Enumerable.Range(0, 8).Select(_ =>
        {
            var wait = pause.BeforeNext();
            time.Advance(wait + TimeSpan.FromSeconds(1));
            return wait.TotalMilliseconds;
        }).ToList();
        Assert.Equal(expected, pauses);

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, pause.BeforeNext());
    }

    private static DateTimeOffset Of(string? clock) => clock is null ? default : Time($"2026-03-01T{clock}:00Z");

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
