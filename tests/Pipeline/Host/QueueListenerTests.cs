// A queue's messages, from receipt to deletion, retry and poison, against Azurite.
using System.Collections.Concurrent;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class QueueListenerTests(AzuriteServer azurite)
{
    private static readonly QueueSettings Quick = new() { MaxPollingInterval = TimeSpan.FromMilliseconds(100) };

    private readonly string _storage = azurite.FreshAccount();

    [Fact]
    public async Task A_message_that_succeeds_is_called_once_and_deleted()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var queue = await QueueAsync("accepted", "first", "second");
        await using (Listen(worker, "accepted", Quick))
            await EmptyAsync(queue);

        Assert.Equal(["first", "second"], worker.Calls.Select(call => call.Message).Order());
        Assert.All(worker.Calls, call => Assert.Equal(("POST", "/RouteMessage"), (call.Method, call.Target)));
    }

    [Fact]
    public async Task A_message_that_fails_is_tried_again_with_its_text_and_buried_after_the_fifth_time()
    {
        await using var worker = await ScriptedWorker.StartAsync((context, _) => ScriptedWorker.FailAsync(context));
        var queue = await QueueAsync("accepted", "bad");
        await using (Listen(worker, "accepted", Quick))
            await EmptyAsync(queue);

        Assert.Equal(["1", "2", "3", "4", "5"], worker.Calls.Select(call => call.Metadata("DequeueCount")));
        Assert.All(worker.Calls, call => Assert.Equal("bad", call.Message));
        var poison = await TakeAsync("accepted-poison");
        Assert.Equal(Base64("bad"), poison.Body.ToString());
        Assert.Equal(TimeSpan.FromDays(7), poison.ExpiresOn - poison.InsertedOn); // the platform's default, which loses it silently
    }

    [Fact]
    public async Task A_message_taken_too_often_already_is_buried_without_a_call()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var queue = await QueueAsync("accepted", "old");
        for (var i = 0; i < 5; i++)
            await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1)).ContinueWith(taken => queue.UpdateMessageAsync(
                taken.Result.Value.MessageId, taken.Result.Value.PopReceipt, visibilityTimeout: TimeSpan.Zero), TaskScheduler.Default).Unwrap();
        await using (Listen(worker, "accepted", Quick))
            await EmptyAsync(queue);

        Assert.Empty(worker.Calls);
        Assert.Equal(Base64("old"), (await TakeAsync("accepted-poison")).Body.ToString());
    }

    [Fact]
    public async Task A_message_that_is_not_base64_fails_without_a_call_and_is_buried_as_it_is()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var queue = await QueueAsync("accepted");
        await queue.SendMessageAsync("not base64!");
        await using (Listen(worker, "accepted", Quick))
            await EmptyAsync(queue);

        Assert.Empty(worker.Calls);
        Assert.Equal("not base64!", (await TakeAsync("accepted-poison")).Body.ToString());
    }

    [Fact]
    public async Task A_poison_queue_has_no_poison_queue_so_a_failed_message_stays_hidden()
    {
        await using var worker = await ScriptedWorker.StartAsync((context, _) => ScriptedWorker.FailAsync(context));
        var queue = await QueueAsync("accepted-poison", "bad");
        await using (Listen(worker, "accepted-poison", Quick))
            await HostRig.UntilAsync(() => !worker.Calls.IsEmpty, "the message is called");

        Assert.Single(worker.Calls);
        Assert.Empty((await queue.PeekMessagesAsync()).Value);
        Assert.Equal(1, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.False(await new QueueClient(_storage, "accepted-poison-poison").ExistsAsync());
    }

    [Fact]
    public async Task Calls_without_a_worker_do_not_count_however_many_they_are()
    {
        var queue = await QueueAsync("accepted", "patient");
        var releases = new UncountedReleases();
        await using (Listen(new HostRig.WorkerAt(HostRig.ClosedPort()), "accepted", Quick, releases))
            await HostRig.UntilAsync(async () => (await queue.PeekMessageAsync()).Value is { DequeueCount: >= 12 }, "the message is taken twelve times");

        await using var worker = await ScriptedWorker.StartAsync((context, call) =>
            CountOf(call) < 15 ? ScriptedWorker.FailAsync(context) : ScriptedWorker.SucceedAsync(context));
        await using (Listen(worker, "accepted", Quick, releases))
            await EmptyAsync(queue);

        Assert.InRange(worker.Calls.Count, 1, 5);
        Assert.All(worker.Calls, call => Assert.True(CountOf(call) > 12));
        if (worker.Calls.Count == 5)
            Assert.Equal(Base64("patient"), (await TakeAsync("accepted-poison")).Body.ToString());
        else
            Assert.False(await new QueueClient(_storage, "accepted-poison").ExistsAsync());

        static int CountOf(WorkerCall call) => int.Parse(call.Metadata("DequeueCount")!);
    }

    [Fact]
    public async Task A_message_at_work_is_renewed_at_half_its_lease_and_deleted_by_its_newest_receipt()
    {
        var finish = new TaskCompletionSource();
        await using var worker = await ScriptedWorker.StartAsync(async (context, _) =>
        {
            await finish.Task;
            await ScriptedWorker.SucceedAsync(context);
        });
        await QueueAsync("accepted", "slow");
        var updates = new UpdateCounter();
        var options = new QueueClientOptions();
        options.AddPolicy(updates, HttpPipelinePosition.PerCall);
        var queue = new QueueClient(_storage, "accepted", options);
        var time = new FakeTime();
        using var invoker = Open(worker);
        var message = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(10))).Value;
        var run = new QueueMessageRun(
            HostRig.OnQueue(_storage, "accepted"), new TriggerQueue(queue, null), Quick, invoker, new UncountedReleases(), time, NullLogger.Instance)
            .RunAsync(message, CancellationToken.None);
        await HostRig.UntilAsync(() => !worker.Calls.IsEmpty, "the message is called");

        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Empty(updates.Timeouts);
        for (var renewal = 1; renewal <= 3; renewal++)
        {
            time.Advance(renewal == 1 ? TimeSpan.FromTicks(1) : TimeSpan.FromMinutes(5));
            await HostRig.UntilAsync(() => updates.Answers == renewal, $"renewal {renewal}");
            await Task.Delay(50); // until its answer is taken in and the next pause has begun
        }
        finish.SetResult();
        await run;

        Assert.Equal(["600", "600", "600"], updates.Timeouts);
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_stale_receipt_leaves_the_message_to_whoever_has_it()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        var queue = await QueueAsync("accepted", "shared");
        var mine = (await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(30))).Value;
        await queue.UpdateMessageAsync(mine.MessageId, mine.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        var theirs = (await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(30))).Value;
        using var invoker = Open(worker);

        await new QueueMessageRun(
            HostRig.OnQueue(_storage, "accepted"), new TriggerQueue(queue, null), Quick, invoker, new UncountedReleases(), TimeProvider.System,
            NullLogger.Instance).RunAsync(mine, CancellationToken.None);

        Assert.Single(worker.Calls);
        Assert.Equal(204, (await queue.DeleteMessageAsync(theirs.MessageId, theirs.PopReceipt)).Status);
    }

    [Fact]
    public async Task As_many_messages_run_at_once_as_a_batch_and_the_threshold_and_no_more()
    {
        int running = 0, most = 0;
        var gates = new ConcurrentQueue<TaskCompletionSource>();
        await using var worker = await ScriptedWorker.StartAsync(async (context, _) =>
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            gates.Enqueue(gate);
            await gate.Task.WaitAsync(TimeSpan.FromMinutes(2)); // so that a failure ends the test and does not hang it
            Interlocked.Decrement(ref running);
            await ScriptedWorker.SucceedAsync(context);
        });
        var queue = await QueueAsync("accepted", [.. Enumerable.Range(0, 12).Select(number => $"{number}")]);
        await using (Listen(worker, "accepted", Quick with { BatchSize = 2, NewBatchThreshold = 1 }))
        {
            await HostRig.UntilAsync(() => gates.Count == 2, "the first batch runs");
            Assert.True(gates.TryDequeue(out var first));
            first.SetResult();
            await HostRig.UntilAsync(() => gates.Count >= 3, "the second batch runs beside the rest of the first");
            while (worker.Calls.Count < 12 || !gates.IsEmpty)
            {
                if (gates.TryDequeue(out var gate))
                    gate.SetResult();
                else
                    await Task.Delay(10);
            }
            await EmptyAsync(queue);
        }
        Assert.Equal(3, most);
        Assert.Equal(12, worker.Calls.Count);
    }

    [Fact]
    public async Task A_missing_queue_is_waited_for()
    {
        await using var worker = await ScriptedWorker.StartAsync();
        await using (Listen(worker, "accepted", Quick))
        {
            await Task.Delay(300);
            var queue = await QueueAsync("accepted", "late");
            await EmptyAsync(queue);
        }
        Assert.Single(worker.Calls);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }

    private static Invoker Open(IWorkers workers) => new(workers, TimeSpan.FromMinutes(10), Guid.NewGuid, TimeProvider.System, NullLogger.Instance);

    private Listening Listen(IWorkers workers, string queue, QueueSettings settings, UncountedReleases? releases = null)
    {
        var invoker = Open(workers);
        return new Listening(invoker, stopping => new QueueListener(
            HostRig.OnQueue(_storage, queue), settings, invoker, releases ?? new UncountedReleases(), new Random(1), TimeProvider.System,
            NullLogger.Instance).RunAsync(stopping));
    }

    private async Task<QueueClient> QueueAsync(string name, params string[] messages)
    {
        var queue = new QueueClient(_storage, name);
        await queue.CreateIfNotExistsAsync();
        foreach (var message in messages)
            await queue.SendMessageAsync(Base64(message));
        return queue;
    }

    private async Task<QueueMessage> TakeAsync(string name)
    {
        var messages = (await new QueueClient(_storage, name).ReceiveMessagesAsync(32)).Value;
        return Assert.Single(messages);
    }

    private static Task EmptyAsync(QueueClient queue) => HostRig.UntilAsync(
        async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, "the queue is empty");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class UpdateCounter : HttpPipelineSynchronousPolicy
    {
        private int _answers;

        public ConcurrentQueue<string> Timeouts { get; } = new();

        public int Answers => Volatile.Read(ref _answers);

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Put)
                Timeouts.Enqueue(System.Web.HttpUtility.ParseQueryString(message.Request.Uri.Query)["visibilitytimeout"] ?? "");
        }

        public override void OnReceivedResponse(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Put)
                Interlocked.Increment(ref _answers);
        }
    }
}
