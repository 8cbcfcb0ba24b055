// Lets another writer be faster, at exactly the moment when it hurts.
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Rig;

/// <summary>A policy that does something right before the first call of a name is sent, as another process might.</summary>
/// <param name="call">The call, as <see cref="StorageCalls.NameOf(Azure.Core.Request)"/> names it.</param>
/// <param name="action">What happens, once; not by way of the stores that this policy is in.</param>
public sealed class BeforeCall(string call, Func<Task> action) : HttpPipelinePolicy
{
    private int _done;

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (StorageCalls.NameOf(message.Request) == call && Interlocked.Exchange(ref _done, 1) == 0)
            await action();
        await ProcessNextAsync(message, pipeline);
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("All calls are asynchronous.");
}
