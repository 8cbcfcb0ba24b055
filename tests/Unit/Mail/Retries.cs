// Rows of ages and what the retry schedule makes of them, and whole lives of messages that are never delivered.
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class Retries
{
    private static readonly DateTimeOffset Stored = new(2026, 2, 3, 12, 0, 5, TimeSpan.Zero);
    private static readonly RetrySchedule Schedule = new();

    [Theory]
    [InlineData("00:00:00", 0, "00:00:00")]
    [InlineData("00:00:00", 1, "00:05:00")]
    [InlineData("-01:00:00", 1, "00:05:00")] // clocks that disagree
    [InlineData("-01:00:00", 2, "00:15:00")]
    [InlineData("00:05:00", 2, "00:15:00")]
    [InlineData("03:59:59", 17, "00:15:00")]
    [InlineData("04:00:00", 18, "00:30:00")]
    [InlineData("04:30:00", 19, "01:00:00")]
    [InlineData("05:30:00", 20, "02:00:00")]
    [InlineData("07:30:00", 21, "03:00:00")]
    [InlineData("06:45:00", 21, "03:00:00")]
    [InlineData("4.00:00:00", 50, "03:00:00")]
    [InlineData("4.00:00:00", 1, "00:05:00")] // held up here for days
    [InlineData("4.22:00:00", 50, "02:00:00")] // the last attempt comes at the end of the life
    [InlineData("4.23:00:00", 50, "01:00:00")]
    [InlineData("4.23:56:00", 50, "00:05:00")]
    [InlineData("4.23:59:59", 50, "00:05:00")]
    [InlineData("5.00:00:00", 50, "03:00:00")]
    [InlineData("10000.00:00:00", 50, "03:00:00")]
    public void The_wait_follows_the_age(string age, int attempts, string wait) =>
        Assert.Equal(Stored + TimeSpan.Parse(wait), Schedule.NextAttempt(TimeSpan.Parse(age), attempts, Stored, 0.5));

    [Theory]
    [InlineData(0, "00:13:30")]
    [InlineData(0.25, "00:14:15")]
    [InlineData(1, "00:16:30")]
    public void Jitter_moves_it_by_a_tenth_at_most(double jitter, string wait)
    {
        Assert.Equal(Stored + TimeSpan.Parse(wait), Schedule.NextAttempt(TimeSpan.FromHours(1), 5, Stored, jitter));
        Assert.Equal(Schedule.NextAttempt(TimeSpan.FromHours(1), 5, Stored, jitter), Schedule.NextAttempt(TimeSpan.FromHours(1), 5, Stored, jitter));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Jitter_is_a_share(double jitter) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.NextAttempt(TimeSpan.Zero, 0, Stored, jitter));

    [Theory]
    [InlineData("03:59:59", false, false)]
    [InlineData("04:00:00", true, false)]
    [InlineData("4.23:00:00", true, false)]
    [InlineData("4.23:59:59", true, false)]
    [InlineData("5.00:00:00", false, true)]
    [InlineData("9.00:00:00", false, true)]
    [InlineData("-01:00:00", false, false)]
    public void Warnings_and_the_end_have_their_ages(string age, bool warn, bool giveUp)
    {
        Assert.Equal((warn, giveUp), (Schedule.ShouldWarn(TimeSpan.Parse(age)), Schedule.ShouldGiveUp(TimeSpan.Parse(age))));
        Assert.Equal(warn, ReportPolicy.ShouldWarn(Schedule, TimeSpan.Parse(age), EmailAddress.Parse("a@b.test")));
        Assert.False(ReportPolicy.ShouldWarn(Schedule, TimeSpan.Parse(age), null));
    }

    public static TheoryData<double> Jitters => [0, 0.1, 0.37, 0.5, 0.81, 1];

    [Theory]
    [MemberData(nameof(Jitters))]
    public void A_life_without_delivery_has_about_60_attempts_and_the_last_one_at_its_end(double jitter)
    {
        var ages = Life(Schedule, jitter);
        Assert.InRange(ages.Count, 50, 70);
        Assert.InRange(ages[^1], Schedule.GiveUpAfter, Schedule.GiveUpAfter + Schedule.First);
        Assert.InRange(ages.First(Schedule.ShouldWarn), Schedule.WarnAfter, Schedule.WarnAfter + 1.1 * Schedule.Interval);
        var waits = ages.Zip(ages.Skip(1), (earlier, later) => later - earlier).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 0.9 * Schedule.First, 1.1 * Schedule.MaxInterval));
    }

    [Theory]
    [MemberData(nameof(Jitters))]
    public void A_server_that_recovers_at_4_days_23_hours_is_met_before_the_end(double jitter)
    {
        var recovery = TimeSpan.FromHours(4 * 24 + 23);
        var met = Life(Schedule, jitter).First(age => age >= recovery);
        Assert.InRange(met, recovery, Schedule.GiveUpAfter + Schedule.First);
    }

    [Fact]
    public void Mail_without_sender_lives_half_as_long()
    {
        var schedule = ReportPolicy.ScheduleFor(Schedule, null);
        Assert.Equal(TimeSpan.FromHours(60), schedule.GiveUpAfter);
        Assert.InRange(Life(schedule, 0.5)[^1], TimeSpan.FromHours(60), TimeSpan.FromHours(60.1));
        Assert.Same(Schedule, ReportPolicy.ScheduleFor(Schedule, EmailAddress.Parse("a@b.test")));
    }

    [Fact]
    public void The_next_attempt_is_never_in_the_past_whatever_the_settings()
    {
        TimeSpan[] times = [TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), TimeSpan.FromDays(100)];
        foreach (var schedule in from a in times from b in times from c in times from d in times from e in times
                                 select new RetrySchedule { First = a, Interval = b, WarnAfter = c, MaxInterval = d, GiveUpAfter = e })
        {
            foreach (var age in times.Append(TimeSpan.Zero).Append(-times[2]))
            {
                for (var attempts = 0; attempts < 3; attempts++)
                    Assert.True(schedule.NextAttempt(age, attempts, Stored, 0) >= Stored);
            }
        }
    }

    [Fact]
    public void A_time_of_nothing_or_less_is_no_setting()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrySchedule { First = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule with { GiveUpAfter = TimeSpan.FromSeconds(-1) });
    }

    // The ages at which a message is tried that no server ever takes.
    private static List<TimeSpan> Life(RetrySchedule schedule, double jitter)
    {
        var ages = new List<TimeSpan> { TimeSpan.Zero };
        while (!schedule.ShouldGiveUp(ages[^1]))
            ages.Add(schedule.NextAttempt(ages[^1], ages.Count, Stored + ages[^1], jitter) - Stored);
        return ages;
    }
}
