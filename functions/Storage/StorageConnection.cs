// The clients of the storage account, made from the configuration.
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace MailFunctions.Storage;

/// <summary>
/// The storage account: clients without retries, limits, logs or traces of the SDK's own, so that all of these are ours. Dispose it when the program ends.
/// </summary>
public sealed class StorageConnection : IDisposable
{
    private const string Allowed =
        "Allowed are a storage connection string, the name of a storage account, or an address like https://name.blob.core.windows.net.";

    // The beginning of the emulator's published key.
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq";

    private readonly HttpClientTransport? _ownTransport;

    private StorageConnection(BlobServiceClient blobs, QueueServiceClient queues, HttpClientTransport? ownTransport)
    {
        Blobs = blobs;
        Queues = queues;
        _ownTransport = ownTransport;
    }

    /// <summary>The blob service.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>The queue service; texts go through it as they are, whoever uses it adds the base64.</summary>
    public QueueServiceClient Queues { get; }

    /// <summary>Makes the clients.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="environment">
    /// The program's environment, as in DOTNET_ENVIRONMENT. In <c>Production</c> the emulator is refused: its key is published and what it
    /// acknowledged it may forget. The local run sets <c>Development</c>.
    /// </param>
    /// <param name="seams">Transport and policies.</param>
    /// <param name="clock">Hears every answer.</param>
    /// <param name="meter">Counts every request.</param>
    /// <exception cref="StorageConfigurationException">Nothing is configured, or nothing that can be used.</exception>
    internal static StorageConnection Open(StorageOptions options, string environment, StorageSeams seams, StoreClock clock, StorageMeter meter)
    {
        var value = options.Storage?.Trim();
        if (string.IsNullOrEmpty(value))
            throw new StorageConfigurationException($"{StorageOptions.Key} is missing. {Allowed}");
        if (string.Equals(environment, "Production", StringComparison.OrdinalIgnoreCase) && IsEmulator(value))
        {
            throw new StorageConfigurationException(
                $"{StorageOptions.Key} names the storage emulator, which is refused in the environment Production. {Allowed}");
        }

        var own = seams.Transport is null ? CreateTransport() : null;
        var blobOptions = Prepare(new BlobClientOptions(), seams, own, clock, meter.For(queues: false));
        var queueOptions = Prepare(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, seams, own, clock, meter.For(queues: true));
        if (TryReadEndpoints(value, out var blobs, out var queues))
        {
            var identity = new DefaultAzureCredential();
            return new StorageConnection(new BlobServiceClient(blobs, identity, blobOptions), new QueueServiceClient(queues, identity, queueOptions), own);
        }
        try
        {
            return new StorageConnection(new BlobServiceClient(value, blobOptions), new QueueServiceClient(value, queueOptions), own);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            own?.Dispose();
            throw new StorageConfigurationException($"{StorageOptions.Key} cannot be read. {Allowed}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ownTransport?.Dispose();

    private static bool IsEmulator(string value) =>
        value.Contains("UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase) || value.Contains(EmulatorKey, StringComparison.Ordinal);

    private static bool TryReadEndpoints(string value, out Uri? blobs, out Uri? queues)
    {
        blobs = null;
        queues = null;
        if (value.Length is >= 3 and <= 24 && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            value = $"https://{value}.blob.core.windows.net";
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.PathAndQuery != "/")
            return false;
        var host = address.Host;
        const string service = ".blob.";
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || !host.AsSpan(dot).StartsWith(service, StringComparison.Ordinal))
            return false;
        blobs = address;
        queues = new UriBuilder(address) { Host = $"{host[..dot]}.queue.{host[(dot + service.Length)..]}" }.Uri;
        return true;
    }

    private static T Prepare<T>(T options, StorageSeams seams, HttpPipelineTransport? own, StoreClock clock, HttpPipelinePolicy meter)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan; // limits are StoreRetry's, over a clock that a test can move
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Transport = seams.Transport ?? own!;
        options.AddPolicy(clock, HttpPipelinePosition.BeforeTransport);
        options.AddPolicy(meter, HttpPipelinePosition.BeforeTransport);
        options.AddPolicy(new StreamedAnswers(), HttpPipelinePosition.BeforeTransport);
        options.AddPolicy(new ListAnswers(), HttpPipelinePosition.BeforeTransport);
        foreach (var policy in seams.Policies)
            options.AddPolicy(policy, HttpPipelinePosition.BeforeTransport);
        return options;
    }

    // The SDK's own transport has 50 connections to a host. A POP3 client that reads slowly holds one for as long as it likes: fifty of them would
    // keep all mail out.
    private static HttpClientTransport CreateTransport() => new(new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });
}
