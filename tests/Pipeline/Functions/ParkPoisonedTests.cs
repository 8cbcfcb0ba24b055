// What becomes of work that ended in a poison queue.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using static MailFunctions.Pipeline.Functions.PipelineRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class ParkPoisonedTests : IDisposable
{
    private readonly PipelineRig _rig = new();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(8, 9)]
    [InlineData(-7, 1)]
    [InlineData(int.MinValue, 1)]
    public async Task Below_ten_times_it_is_due_again_in_fifteen_minutes_with_the_count(int before, int after)
    {
        var id = _rig.Commit(Alice);
        _rig.Stores.Clock.Ahead = TimeSpan.FromHours(1);

        await PoisonAsync(WorkQueue.Relay, new WorkItem { Id = id, Destination = "one.test", Poisoned = before });

        Assert.Equal(DueEntry.At(_rig.Stores.Clock.UtcNow.AddMinutes(15), id, "one.test", after), Assert.Single(_rig.Stores.Due.Entries));
        Assert.Empty(_rig.Stores.Parked.Names);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public async Task At_the_tenth_time_it_is_parked_with_an_alert(int before)
    {
        var id = _rig.Commit(Alice);

        await PoisonAsync(WorkQueue.Accepted, new WorkItem { Id = id, Poisoned = before });

        Assert.Equal([id.Text], _rig.Stores.Parked.Names);
        Assert.Empty(_rig.Stores.Due.Entries);
        Assert.Equal([id], _rig.Stores.Spool.Ids);
        Assert.Contains(_rig.Log.Lines, line => line is { Event: 1900, Level: Microsoft.Extensions.Logging.LogLevel.Error });
    }

    [Fact]
    public async Task A_message_that_was_finished_meanwhile_is_not_parked()
    {
        await PoisonAsync(WorkQueue.Accepted, new WorkItem { Id = SpoolId.New(_rig.Stores.Time), Poisoned = 9 });

        Assert.Empty(_rig.Stores.Parked.Names);
    }

    [Fact]
    public async Task A_text_that_names_no_message_is_parked_at_once()
    {
        await _rig.Park.RunAsync(WorkQueue.Relay, "rubbish"u8.ToArray(), CancellationToken.None);

        Assert.Equal(["rubbish"], _rig.Stores.Parked.Texts);
        Assert.DoesNotContain(_rig.Log.Lines, line => line.Text.Contains("rubbish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_of_an_unknown_version_is_dropped()
    {
        await _rig.Park.RunAsync(WorkQueue.Accepted, Encoding.ASCII.GetBytes("""{"v":7}"""), CancellationToken.None);

        Assert.Empty(_rig.Stores.Parked.Names);
        Assert.Empty(_rig.Stores.Due.Entries);
    }

    [Fact]
    public async Task Work_that_always_fails_is_tried_at_growing_counts_and_parked_after_ten_rounds()
    {
        var id = _rig.Commit(Alice);
        var work = new WorkItem { Id = id };
        for (var round = 1; round <= 10; round++)
        {
            await PoisonAsync(WorkQueue.Accepted, work);
            Assert.Equal(round == 10, _rig.Stores.Parked.Names.Contains(id.Text));
            _rig.Stores.Time.Advance(TimeSpan.FromMinutes(15));
            await _rig.Retry.RunAsync(CancellationToken.None);
            if (round == 10)
                break;
            work = Assert.Single(_rig.Stores.Queue.Items(WorkQueue.Accepted));
            Assert.Equal(round, work.Poisoned);
            _rig.Stores.Queue.Clear();
        }
        Assert.Empty(_rig.Stores.Queue.Items(WorkQueue.Accepted));
    }

    public void Dispose() => _rig.Dispose();

    private Task PoisonAsync(WorkQueue queue, WorkItem work) => _rig.Park.RunAsync(queue, work.ToBytes(), CancellationToken.None);
}
