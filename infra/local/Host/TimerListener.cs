// Runs a timer-triggered function on its schedule, in one host only and never twice at once.
using Azure;
using Azure.Storage.Blobs;

namespace MailFunctions.Local.Host;

/// <summary>
/// The listener of one timer: waits for the singleton lease, makes up a missed run, then runs the function at each occurrence, one after the other; however
/// many occurrences pass during a run, one run follows at once for all of them. A failed run changes nothing in the schedule.
/// </summary>
internal sealed class TimerListener(
    FunctionDefinition function, SingletonSettings singleton, BlobContainerClient container, string hostId, Invoker invoker, TimeProvider time, ILogger log)
{
    // Task.Delay takes at most 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly FunctionTrigger.Timer _trigger = (FunctionTrigger.Timer)function.Trigger;
    private readonly ScheduleMonitor _monitor = new(container, hostId, function.Name);

    /// <summary>Runs until stopped, and then until a run under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await container.CreateIfNotExistsAsync(cancellationToken: stopping);
                await using var lease = await SingletonLease.TryTakeAsync(container, hostId, function.Name, singleton.LockPeriod, time, stopping);
                if (lease is not null)
                {
                    using var held = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
                    await KeepScheduleAsync(held.Token);
                    if (!stopping.IsCancellationRequested)
                        log.TimerLeaseLost(function.Name);
                }
            }
            catch (RequestFailedException trouble)
            {
                log.TimerTrouble(function.Name, trouble.Status, trouble.ErrorCode);
            }
            catch (AggregateException)
            {
                log.TimerTrouble(function.Name, 0, null); // the storage library's word for "no answer, several times"
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(singleton.RecoveryInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepScheduleAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var isMonitored = _trigger.UseMonitor && _trigger.Schedule.IsMonitored(now);
        var (status, isPastDue) = isMonitored
            ? await _monitor.OpenAsync(_trigger.Schedule, now, stopping)
            : (new ScheduleStatus(default, _trigger.Schedule.NextAfter(now), default), false);
        if (isPastDue)
            log.TimerPastDue(function.Name, status.Next);
        var runsNow = isPastDue || _trigger.RunOnStartup;
        while (!stopping.IsCancellationRequested)
        {
            if (!runsNow && !await WaitUntilAsync(status.Next, stopping))
                return;
            var invoked = time.GetUtcNow();
            var told = isMonitored ? status : null;
            var wasPastDue = isPastDue;
            var outcome = await invoker.InvokeAsync(
                function, system => InvocationBody.ForTimer(function.BindingName, told, wasPastDue, system), stopping);
            if (outcome == InvocationOutcome.WorkerGone && stopping.IsCancellationRequested)
                return; // it never ran: the next host makes it up
            // A timer that fired a little early must not fire again for the same occurrence.
            var last = !runsNow && status.Next > invoked ? status.Next : invoked;
            status = new ScheduleStatus(last, _trigger.Schedule.NextAfter(last), last);
            if (isMonitored)
                await _monitor.UpdateAsync(status, CancellationToken.None);
            (runsNow, isPastDue) = (false, false);
        }
    }

    private async Task<bool> WaitUntilAsync(DateTimeOffset due, CancellationToken stopping)
    {
        for (var wait = due - time.GetUtcNow(); wait > TimeSpan.Zero; wait = due - time.GetUtcNow())
        {
            // At least a millisecond, or rounding down would spin until the time has come.
            var pause = wait > LongestWait ? LongestWait : wait + TimeSpan.FromMilliseconds(1);
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return false;
        }
        return !stopping.IsCancellationRequested;
    }
}
