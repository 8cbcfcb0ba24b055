// Timers against Azurite: on time, in one host only, made up when missed.
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class TimerListenerTests(AzuriteServer azurite)
{
    private static readonly SingletonSettings Singleton = new() { LockPeriod = TimeSpan.FromSeconds(15), RecoveryInterval = TimeSpan.FromMilliseconds(100) };

    private readonly BlobContainerClient _container = new(azurite.FreshAccount(), "azure-webjobs-hosts");

    [Fact]
    public async Task A_timer_of_every_second_runs_and_is_told_no_record()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        await using (Listen(worker, "* * * * * *"))
            await HostRig.UntilAsync(() => worker.Calls.Count >= 3, "three runs");

        Assert.All(worker.Calls, call =>
        {
            Assert.Equal("/SweepSpool", call.Target);
            Assert.Equal(JsonValueKind.Null, Timer(call).GetProperty("ScheduleStatus").ValueKind);
        });
    }

    [Fact]
    public async Task Of_two_hosts_one_runs_the_timer_and_the_other_takes_over_when_it_stops()
    {
        await using var first = await ScriptedWorker.StartAsync();
        await using var second = await ScriptedWorker.StartAsync();
        var one = Listen(first, "* * * * * *");
        await HostRig.UntilAsync(() => !first.Calls.IsEmpty, "the first host runs it");
        await using (Listen(second, "* * * * * *"))
        {
            var seen = first.Calls.Count;
            await HostRig.UntilAsync(() => first.Calls.Count >= seen + 2, "the first host runs it twice more");
            Assert.Empty(second.Calls);

            await one.DisposeAsync();
            seen = first.Calls.Count;
            await HostRig.UntilAsync(() => second.Calls.Count >= 2, "the second host runs it");
            Assert.Equal(seen, first.Calls.Count);
        }
    }

    [Fact]
    public async Task A_run_that_was_missed_is_made_up_at_once_and_recorded()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var last = new DateTimeOffset(2020, 2, 29, 3, 15, 0, TimeSpan.Zero);
        await _container.CreateAsync();
        var blob = _container.GetBlobClient("timers/test/Host.Functions.SweepSpool/status");
        await blob.UploadAsync(BinaryData.FromString(
            $$"""{"Last":"{{last:O}}","Next":"{{last.AddYears(4):O}}","LastUpdated":"{{last:O}}"}"""));
        await using (Listen(worker, "0 15 3 29 2 *"))
            await HostRig.UntilAsync(async () => (await blob.DownloadContentAsync()).Value.Content.ToString().Contains("2028-02-29", StringComparison.Ordinal), "the record moves on");

        var timer = Timer(Assert.Single(worker.Calls));
        Assert.True(timer.GetProperty("IsPastDue").GetBoolean());
        Assert.Equal(last, timer.GetProperty("ScheduleStatus").GetProperty("Last").GetDateTimeOffset());
        Assert.Equal(last.AddYears(4), timer.GetProperty("ScheduleStatus").GetProperty("Next").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_new_timer_is_recorded_and_does_not_run_before_its_time()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var blob = _container.GetBlobClient("timers/test/Host.Functions.SweepSpool/status");
        await using (Listen(worker, "0 15 3 29 2 *"))
            await HostRig.UntilAsync(async () => await blob.ExistsAsync(), "the record is made");

        Assert.Empty(worker.Calls);
        Assert.Contains("02-29T03:15:00", (await blob.DownloadContentAsync()).Value.Content.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_changes_nothing_and_runs_never_overlap()
    {
        int running = 0, most = 0;
        await using var worker = await ScriptedWorker.StartAsync(async (context, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Delay(1300);
            Interlocked.Decrement(ref running);
            await ScriptedWorker.FailAsync(context);
        });
        await using (Listen(worker, "* * * * * *"))
            await HostRig.UntilAsync(() => worker.Calls.Count >= 3, "three failed runs");

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_host_that_loses_its_lease_stops_the_timer_until_it_has_it_again()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var time = new FakeTime();
        await _container.CreateAsync();
        var lease = await SingletonLease.TryTakeAsync(_container, "test", "SweepSpool", Singleton.LockPeriod, time, CancellationToken.None);
        Assert.NotNull(lease);
        await using (lease)
        {
            Assert.Null(await SingletonLease.TryTakeAsync(_container, "test", "SweepSpool", Singleton.LockPeriod, time, CancellationToken.None));
            var blob = _container.GetBlobClient("locks/test/Host.Functions.SweepSpool.Listener");
            await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
            await blob.GetBlobLeaseClient("7c1e2a84-0000-4000-8000-000000000000").AcquireAsync(TimeSpan.FromSeconds(15));

            time.Advance(Singleton.LockPeriod / 2);
            await HostRig.UntilAsync(() => lease.Lost.IsCancellationRequested, "the loss is noticed");
        }
    }

    private static JsonElement Timer(WorkerCall call) => JsonDocument.Parse(call.Body).RootElement.GetProperty("Data").GetProperty("timer");

    private Listening Listen(IWorkers workers, string schedule)
    {
        var invoker = new Invoker(workers, TimeSpan.FromMinutes(10), Guid.NewGuid, TimeProvider.System, NullLogger.Instance);
        return new Listening(invoker, stopping => new TimerListener(
            HostRig.OnTimer(schedule), Singleton, _container, "test", invoker, TimeProvider.System, NullLogger.Instance).RunAsync(stopping));
    }
}
