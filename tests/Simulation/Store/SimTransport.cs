// What carries the SDK's requests to the simulated service.
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Simulation.Store;

/// <summary>A transport without a network. Whoever answers decides when, and whether at all.</summary>
/// <param name="answer">Gives the answer to a request; what it throws is what the SDK sees of a broken connection.</param>
internal sealed class SimTransport(Func<SimRequest, CancellationToken, ValueTask<SimAnswer>> answer) : HttpPipelineTransport
{
    // Only makes request objects; nothing is ever sent by it.
    private static readonly HttpClientTransport Requests = new(new HttpClient(new SocketsHttpHandler(), disposeHandler: true));

    /// <inheritdoc/>
    public override Request CreateRequest() => Requests.CreateRequest();

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        message.CancellationToken.ThrowIfCancellationRequested();
        var request = SimRequest.Of(message.Request);
        var given = await answer(request, message.CancellationToken);
        message.Response = given.ToResponse(withBody: request.Method != "HEAD");
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message) => throw new NotSupportedException("All calls are asynchronous.");
}
