// One queue message, from its receipt to its deletion, release or burial.
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace MailFunctions.Local.Host;

/// <summary>The queue that a function is triggered by, and where its hopeless messages go.</summary>
/// <param name="Main">The queue.</param>
/// <param name="Poison">Its poison queue; null for a queue that is itself one, or whose name leaves no room.</param>
internal sealed record TriggerQueue(QueueClient Main, QueueClient? Poison);

/// <summary>
/// Invokes the function for one message while renewing the message's lease, and finishes the message by the outcome. A pop receipt that has become
/// stale means that somebody else has the message: it is then left alone.
/// </summary>
internal sealed class QueueMessageRun(
    FunctionDefinition function, TriggerQueue queue, QueueSettings settings, Invoker invoker, UncountedReleases releases, TimeProvider time, ILogger log)
{
    /// <summary>The longest that a message stays away whose worker died: it was no attempt, so the next one need not wait long.</summary>
    public static readonly TimeSpan ReleaseAfterDeath = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RenewalRetry = TimeSpan.FromMinutes(1);

    private string _popReceipt = "";

    /// <summary>Runs the message to its end; storage trouble is logged and leaves it to its lease.</summary>
    /// <param name="message">The message just received.</param>
    /// <param name="stopping">Gives up waiting for a worker.</param>
    public async Task RunAsync(QueueMessage message, CancellationToken stopping)
    {
        _popReceipt = message.PopReceipt;
        try
        {
            var attempts = message.DequeueCount - releases.Of(message.MessageId);
            if (attempts > settings.MaxDequeueCount)
            {
                await BuryAsync(message, attempts);
                return;
            }
            var outcome = await InvokeAsync(message, stopping);
            await FinishAsync(message, outcome, attempts);
        }
        catch (RequestFailedException trouble)
        {
            log.QueueTrouble(queue.Main.Name, trouble.Status, trouble.ErrorCode);
        }
        catch (AggregateException)
        {
            log.QueueTrouble(queue.Main.Name, 0, null); // the storage library's word for "no answer, several times"
        }
    }

    private async Task<InvocationOutcome> InvokeAsync(QueueMessage message, CancellationToken stopping)
    {
        if (!TryDecode(message, out var content))
        {
            log.Undecodable(queue.Main.Name, message.MessageId);
            return InvocationOutcome.Failed;
        }
        using var invoked = new CancellationTokenSource();
        var renewal = RenewAsync(message, invoked.Token);
        var isBinary = function.Trigger is FunctionTrigger.Queue { IsBinary: true };
        try
        {
            return await invoker.InvokeAsync(
                function, system => InvocationBody.ForQueue(function.BindingName, message, content, isBinary, system), stopping);
        }
        finally
        {
            await invoked.CancelAsync();
            await renewal;
        }
    }

    private bool TryDecode(QueueMessage message, out ReadOnlyMemory<byte> content)
    {
        var text = message.Body.ToMemory();
        content = text;
        if (!settings.IsBase64)
            return true;
        var decoded = new byte[text.Length / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(Encoding.UTF8.GetString(text.Span), decoded, out var length))
            return false;
        content = decoded.AsMemory(0, length);
        return true;
    }

    private async Task RenewAsync(QueueMessage message, CancellationToken invoked)
    {
        var pause = settings.Lease / 2;
        while (true)
        {
            await Task.Delay(pause, time, invoked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (invoked.IsCancellationRequested)
                return;
            try
            {
                // Not cancelled once sent: an update that arrives unheard would leave us with a stale receipt.
                var renewed = await queue.Main.UpdateMessageAsync(
                    message.MessageId, _popReceipt, visibilityTimeout: settings.Lease, cancellationToken: CancellationToken.None);
                _popReceipt = renewed.Value.PopReceipt;
                pause = settings.Lease / 2;
            }
            catch (RequestFailedException trouble) when (IsGone(trouble))
            {
                log.TakenOver(queue.Main.Name, message.MessageId);
                return;
            }
            catch (RequestFailedException trouble)
            {
                log.QueueTrouble(queue.Main.Name, trouble.Status, trouble.ErrorCode);
                pause = pause / 2 < RenewalRetry ? pause / 2 : RenewalRetry;
            }
            catch (AggregateException)
            {
                log.QueueTrouble(queue.Main.Name, 0, null);
                pause = pause / 2 < RenewalRetry ? pause / 2 : RenewalRetry;
            }
        }
    }

    private async Task FinishAsync(QueueMessage message, InvocationOutcome outcome, long attempts)
    {
        switch (outcome)
        {
            case InvocationOutcome.Succeeded:
                await DeleteAsync(message);
                releases.Forget(message.MessageId);
                break;
            case InvocationOutcome.WorkerGone:
                releases.Add(message.MessageId);
                await ReleaseAsync(message, settings.VisibilityTimeout < ReleaseAfterDeath ? settings.VisibilityTimeout : ReleaseAfterDeath);
                break;
            case InvocationOutcome.Failed when queue.Poison is null:
                break; // hidden until its lease ends, lest it spin
            case InvocationOutcome.Failed when attempts >= settings.MaxDequeueCount:
                await BuryAsync(message, attempts);
                break;
            default:
                await ReleaseAsync(message, settings.VisibilityTimeout);
                break;
        }
    }

    private async Task BuryAsync(QueueMessage message, long attempts)
    {
        if (queue.Poison is null)
        {
            log.Stranded(queue.Main.Name, message.MessageId);
            return;
        }
        log.Poisoned(queue.Main.Name, message.MessageId, queue.Poison.Name, attempts);
        try
        {
            await queue.Poison.SendMessageAsync(message.Body); // with the default time to live of seven days, as the platform does
        }
        catch (RequestFailedException trouble) when (trouble.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.Poison.CreateIfNotExistsAsync();
            await queue.Poison.SendMessageAsync(message.Body);
        }
        await DeleteAsync(message);
        releases.Forget(message.MessageId);
    }

    private async Task DeleteAsync(QueueMessage message)
    {
        try
        {
            await queue.Main.DeleteMessageAsync(message.MessageId, _popReceipt);
        }
        catch (RequestFailedException trouble) when (IsGone(trouble))
        {
            log.TakenOver(queue.Main.Name, message.MessageId);
        }
    }

    private async Task ReleaseAsync(QueueMessage message, TimeSpan visibleIn)
    {
        try
        {
            await queue.Main.UpdateMessageAsync(message.MessageId, _popReceipt, visibilityTimeout: visibleIn);
        }
        catch (RequestFailedException trouble) when (IsGone(trouble))
        {
            log.TakenOver(queue.Main.Name, message.MessageId);
        }
    }

    private static bool IsGone(RequestFailedException trouble) =>
        trouble.Status == 404 || trouble.ErrorCode is "PopReceiptMismatch" or "QueueBeingDeleted" or "QueueDisabled";
}
