// Reads a queue and runs its messages, as many at a time as host.json allows.
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace MailFunctions.Local.Host;

/// <summary>
/// The listener of one queue-triggered function: takes a batch, starts every message of it, takes the next when few enough are left, and looks ever
/// more rarely while the queue is empty or missing.
/// </summary>
internal sealed class QueueListener(
    FunctionDefinition function, QueueSettings settings, Invoker invoker, UncountedReleases releases, Random random, TimeProvider time, ILogger log)
{
    private const string PoisonSuffix = "-poison";
    private const int LongestQueueName = 63;

    private readonly TriggerQueue _queue = Open((FunctionTrigger.Queue)function.Trigger);
    private readonly PollingBackoff _backoff = new(settings.MaxPollingInterval, random);

    /// <summary>Runs until stopped, and then until every message at work is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var atWork = new List<Task>();
        var foundSincePause = false;
        while (!stopping.IsCancellationRequested)
        {
            var batch = await ReceiveAsync(stopping);
            if (batch.Length == 0)
            {
                var pause = foundSincePause ? _backoff.AfterMessages() : _backoff.AfterNothing();
                foundSincePause = false;
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                atWork.RemoveAll(run => run.IsCompleted);
                continue;
            }
            foundSincePause = true;
            foreach (var message in batch)
                atWork.Add(new QueueMessageRun(function, _queue, settings, invoker, releases, time, log).RunAsync(message, stopping));
            while (atWork.Count > settings.NewBatchThreshold)
                atWork.Remove(await Task.WhenAny(atWork));
        }
        await Task.WhenAll(atWork);
    }

    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken stopping)
    {
        try
        {
            return (await _queue.Main.ReceiveMessagesAsync(settings.BatchSize, settings.Lease, stopping)).Value;
        }
        catch (OperationCanceledException)
        {
            return [];
        }
        catch (RequestFailedException trouble)
        {
            if (trouble.ErrorCode != QueueErrorCode.QueueNotFound)
                log.QueueTrouble(_queue.Main.Name, trouble.Status, trouble.ErrorCode);
            return [];
        }
        catch (AggregateException)
        {
            // The storage library's word for "no answer, several times".
            log.QueueTrouble(_queue.Main.Name, 0, null);
            return [];
        }
    }

    private static TriggerQueue Open(FunctionTrigger.Queue trigger)
    {
        var poison = trigger.QueueName + PoisonSuffix;
        var hasPoison = !trigger.QueueName.EndsWith(PoisonSuffix, StringComparison.OrdinalIgnoreCase) && poison.Length <= LongestQueueName;
        return new TriggerQueue(
            new QueueClient(trigger.ConnectionString, trigger.QueueName), hasPoison ? new QueueClient(trigger.ConnectionString, poison) : null);
    }
}
