// Which messages a tick of the sweep looks at.
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Pipeline.Functions;

public sealed class SweepTickTests
{
    private static readonly TimeSpan[] Steps = [.. new[] { 10, 20, 40, 80, 160, 320, 640, 1_000 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-04T{time}Z", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("10:10:00", "10:00:00", false)]
    [InlineData("10:59:59", "10:50:00", false)]
    [InlineData("11:00:00", "10:50:00", true)]
    [InlineData("11:00:03", "10:59:59", true)]
    [InlineData("16:30:00", "10:20:00", true)] // fires six hours late
    [InlineData("10:10:00", null, true)]
    [InlineData("10:10:00", "10:10:00", true)]
    [InlineData("10:10:00", "10:20:00", true)] // the clock was set back
    public void The_first_tick_of_an_hour_looks_at_everything(string now, string? last, bool isHourly)
    {
        var tick = new SweepTick(At(now), last is null ? null : At(last), At(now));

        Assert.Equal(isHourly, tick.IsHourly);
        Assert.Equal(isHourly, tick.Prefixes is [""]);
        Assert.InRange(tick.Prefixes.Count, 1, 2);
    }

    [Fact]
    public void What_was_too_old_for_the_tick_before_was_last_looked_at_by_the_hourly_one()
    {
        var now = At("11:00:00");
        var tick = new SweepTick(now, At("10:50:00"), now);

        Assert.Equal(TimeSpan.FromMinutes(10), tick.SinceLastLookAt(IdAt(now - TimeSpan.FromMinutes(30))));
        Assert.Equal(TimeSpan.FromMinutes(60), tick.SinceLastLookAt(IdAt(now - TimeSpan.FromDays(1))));
        Assert.Null(new SweepTick(now, null, now).SinceLastLookAt(IdAt(now)));
    }

    [Fact]
    public void Whatever_the_ticks_an_idle_message_reaches_every_step_at_one_of_them()
    {
        var random = new Random(7);
        var start = At("00:00:00");
        for (var round = 0; round < 200; round++)
        {
            var stored = start + TimeSpan.FromSeconds(random.Next(20_000));
            var id = IdAt(stored - TimeSpan.FromSeconds(random.Next(60)));
            var looks = new List<TimeSpan>();
            DateTimeOffset? last = null;
            for (var now = start; now < start + TimeSpan.FromHours(30); now += TimeSpan.FromSeconds(random.Next(300, 1_200)))
            {
                var tick = new SweepTick(now, last, now);
                var isSeen = now >= stored && tick.Prefixes.Any(prefix => id.Text.StartsWith(prefix, StringComparison.Ordinal));
                if (isSeen && IdleSchedule.IsDue(now - stored, tick.SinceLastLookAt(id), TimeSpan.FromMinutes(10)))
                    looks.Add(now - stored);
                last = now;
            }

            // 10, 20, 40 minutes ..., each at most an hour and a tick late, and each at most twice.
            foreach (var step in Steps)
                Assert.InRange(looks.Count(age => age >= step && age < step + TimeSpan.FromMinutes(81)), 1, 5);
            Assert.InRange(looks.Count, 8, 20);
        }
    }

    private static SpoolId IdAt(DateTimeOffset time) => SpoolId.New(new ManualTime(time));
}
