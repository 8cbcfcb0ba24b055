// Reads lists of blobs in the SDK's place, while it signs and sends the requests for them.
using System.Xml;
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Storage;

/// <summary>Fills the <see cref="ListedPage"/> that a call was made with from the answer, and gives the SDK an empty list in its place.</summary>
internal sealed class ListAnswers : HttpPipelinePolicy
{
    private const string PageKey = "MailFunctions.ListedPage";

    private static readonly byte[] EmptyList = "<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>"u8.ToArray();

    /// <summary>Has the calls that are made until its end fill a page.</summary>
    public static IDisposable Fill(ListedPage page) => HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [PageKey] = page });

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        // What a call is made with goes on to all that is begun meanwhile: only a list is meant.
        if (!StorageMeter.IsList(message.Request) || message.Response is not { Status: 200, ContentStream: { } answer }
            || !message.TryGetProperty(PageKey, out var value) || value is not ListedPage page)
            return;
        try
        {
            await using (answer)
                await page.ReadAsync(new Cancellable(answer, message.CancellationToken));
        }
        catch (Exception error) when (error is XmlException or FormatException)
        {
            throw new BrokenAnswerException(error);
        }
        message.Response.ContentStream = new MemoryStream(EmptyList, writable: false);
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    // Who reads XML hands on no token.
    private sealed class Cancellable(Stream inner, CancellationToken token) : ForwardStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, token);
    }
}
