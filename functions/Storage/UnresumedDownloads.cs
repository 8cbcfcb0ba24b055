// Keeps the SDK from resuming broken downloads behind our back.
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Storage;

/// <summary>
/// The SDK sends another request when reading an answer's body ends in an <see cref="IOException"/>: a retry that is not ours, without a time limit
/// and on a cancellation token that is no longer in use. Under this policy a broken body is an exception that the SDK passes on.
/// </summary>
internal sealed class UnresumedDownloads : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnReceivedResponse(HttpMessage message)
    {
        // The body of an error is small, and the SDK reads it at once and by synchronous reads.
        if (!message.BufferResponse && message.HasResponse && message.Response.Status < 400 && message.Response.ContentStream is { } body)
            message.Response.ContentStream = new Body(body);
    }

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
