// A message whose storage is gone by the time it is finished.
using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class QueueMessageRunTests
{
    [Theory]
    [InlineData(1)] // to be released
    [InlineData(5)] // to be buried
    public async Task Storage_that_does_not_answer_leaves_the_message_to_its_lease_and_the_host_running(long attempts)
    {
        // Nobody listens there. The storage library throws another exception after several tries than after one.
        var storage = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;QueueEndpoint=http://127.0.0.1:{AzuriteServer.FreePorts(1)}/a";
        var options = new QueueClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(1) } };
        var queue = new TriggerQueue(new QueueClient(storage, "accepted", options), new QueueClient(storage, "accepted-poison", options));
        var function = new FunctionDefinition("RouteMessage", "msg", new FunctionTrigger.Queue("accepted", storage, IsBinary: true));
        using var invoker = new Invoker(new NoWorkers(), null, () => Guid.Empty, TimeProvider.System, NullLogger.Instance);
        var run = new QueueMessageRun(
            function, queue, new QueueSettings(), invoker, new UncountedReleases(), TimeProvider.System, NullLogger.Instance);
        var undecodable = QueuesModelFactory.QueueMessage("id", "receipt", BinaryData.FromBytes(Encoding.ASCII.GetBytes("*")), attempts);
        Assert.Null(await Record.ExceptionAsync(() => run.RunAsync(undecodable, CancellationToken.None)));
    }

    private sealed class NoWorkers : IWorkers
    {
        public Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Replace(WorkerLife life) => throw new NotSupportedException();
    }
}
