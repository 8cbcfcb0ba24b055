// Keeps the SDK from resuming broken downloads behind our back, and from blocking a thread on the body of a refusal.
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Storage;

/// <summary>
/// Handles answers whose bodies are handed on as they come. The SDK sends another request when reading such a body ends in an
/// <see cref="IOException"/>: a retry that is not ours, without a time limit and on a cancellation token that is no longer in use. Under this policy
/// it is an exception that the SDK passes on. And it reads the body of a refusal by a blocking call, so that is read before.
/// </summary>
internal sealed class StreamedAnswers : HttpPipelinePolicy
{
    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (message.BufferResponse || message.Response.ContentStream is not { } body)
            return;
        if (message.Response.Status < 300)
        {
            message.Response.ContentStream = new Body(body);
            return;
        }
        var refusal = new MemoryStream();
        await using (body)
            await body.CopyToAsync(refusal, message.CancellationToken);
        refusal.Position = 0;
        message.Response.ContentStream = refusal;
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    private sealed class Body(Stream inner) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new BrokenAnswerException(error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>The body of an answer broke off.</summary>
internal sealed class BrokenAnswerException(Exception cause) : Exception("The answer broke off.", cause);
