// The ages at which the sweep enqueues an idle message.
using MailFunctions.App.Pipeline;

namespace MailFunctions.Pipeline.Functions;

public sealed class IdleScheduleTests
{
    // With a first age of 10 minutes: 10 m, 20 m, 40 m, 80 m, 160 m, 320 m, 640 m, and from there every six hours: 1000 m, 1360 m ...
    [Theory]
    [InlineData(0, 10, false)]
    [InlineData(9.99, 10, false)]
    [InlineData(10, 10, true)]
    [InlineData(19, 9, false)] // looked at when it was exactly 10 minutes old, and enqueued then
    [InlineData(19, 9.01, true)]
    [InlineData(20, 10, true)]
    [InlineData(30, 10, false)]
    [InlineData(39.9, 10, false)]
    [InlineData(45, 10, true)]
    [InlineData(50, 10, false)]
    [InlineData(70, 10, false)]
    [InlineData(85, 10, true)]
    [InlineData(320, 60, true)]
    [InlineData(379, 59, false)]
    [InlineData(639, 60, false)]
    [InlineData(640, 60, true)]
    [InlineData(999, 60, false)]
    [InlineData(1_000, 60, true)]
    [InlineData(1_359, 60, false)]
    [InlineData(1_360, 60, true)]
    [InlineData(1_359, 360, true)]
    [InlineData(14_400, 361, true)] // ten days old: within any six hours once
    [InlineData(-5, 10, false)] // stored after our reading of the clock
    public void An_age_is_due_if_a_step_was_reached_since_the_last_look(double ageMinutes, double sinceMinutes, bool isDue) =>
        Assert.Equal(isDue, IdleSchedule.IsDue(TimeSpan.FromMinutes(ageMinutes), TimeSpan.FromMinutes(sinceMinutes), TimeSpan.FromMinutes(10)));

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(31, true)]
    [InlineData(100_000, true)]
    public void Without_a_last_look_every_idle_message_is_due(double ageMinutes, bool isDue) =>
        Assert.Equal(isDue, IdleSchedule.IsDue(TimeSpan.FromMinutes(ageMinutes), null, TimeSpan.FromMinutes(10)));

    [Theory]
    [InlineData(600, 600)]
    [InlineData(600, 60)]
    [InlineData(600, 3_600)]
    [InlineData(1, 1)]
    [InlineData(7, 30)]
    [InlineData(21_600, 600)]
    public void Over_ten_days_of_looks_each_step_is_taken_once_and_never_more_than_six_hours_and_a_look_apart(int firstSeconds, int lookSeconds)
    {
        var first = TimeSpan.FromSeconds(firstSeconds);
        var look = TimeSpan.FromSeconds(lookSeconds);
        var taken = new List<TimeSpan>();
        for (var age = TimeSpan.Zero; age < TimeSpan.FromDays(10); age += look)
        {
            if (IdleSchedule.IsDue(age, look, first))
                taken.Add(age);
        }

        Assert.InRange(taken[0], first, first + look);
        for (var i = 1; i < taken.Count; i++)
            Assert.InRange(taken[i] - taken[i - 1], TimeSpan.Zero, TimeSpan.FromHours(6) + look);
        Assert.InRange(taken.Count, 39, 60); // the doublings, and four a day
    }
}
