// Reads host.json.
using System.Globalization;
using System.Text.Json;

namespace MailFunctions.Local.Host;

/// <summary>The parts of host.json that <see cref="HostSettings"/> is made from, as they stand in the file.</summary>
internal sealed record HostFile(
    string? Version, string? FunctionTimeout, HostFile.ExtensionsPart? Extensions, HostFile.HandlerPart? CustomHandler, HostFile.SingletonPart? Singleton)
{
    internal sealed record ExtensionsPart(QueuesPart? Queues, HttpPart? Http);

    internal sealed record QueuesPart(
        int? BatchSize, int? NewBatchThreshold, int? MaxDequeueCount, TimeSpan? MaxPollingInterval, TimeSpan? VisibilityTimeout, string? MessageEncoding);

    internal sealed record HttpPart(string? RoutePrefix);

    internal sealed record HandlerPart(DescriptionPart? Description);

    internal sealed record DescriptionPart(string? DefaultExecutablePath, string? WorkingDirectory, IReadOnlyList<string>? Arguments);

    internal sealed record SingletonPart(TimeSpan? ListenerLockPeriod, TimeSpan? ListenerLockRecoveryPollingInterval);

    /// <summary>Reads a host.json.</summary>
    /// <exception cref="InvalidDataException">It is not one that the platform would take; the message says why.</exception>
    public static HostSettings Read(ReadOnlySpan<byte> json)
    {
        HostFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, HostJson.Default.HostFile) ?? throw new InvalidDataException("host.json is null.");
        }
        catch (JsonException trouble)
        {
            throw new InvalidDataException($"host.json cannot be read: {trouble.Message}", trouble);
        }
        if (file.Version != "2.0")
            throw new InvalidDataException("host.json: version must be \"2.0\".");
        if (file.CustomHandler?.Description is not { DefaultExecutablePath: { Length: > 0 } executable } handler)
            throw new InvalidDataException("host.json: customHandler.description.defaultExecutablePath is missing.");
        var defaults = new SingletonSettings();
        return new HostSettings
        {
            FunctionTimeout = ReadTimeout(file.FunctionTimeout),
            RoutePrefix = file.Extensions?.Http?.RoutePrefix?.Trim('/') ?? "api",
            Queues = ReadQueues(file.Extensions?.Queues),
            Singleton = new SingletonSettings
            {
                LockPeriod = file.Singleton?.ListenerLockPeriod ?? defaults.LockPeriod,
                RecoveryInterval = file.Singleton?.ListenerLockRecoveryPollingInterval ?? defaults.RecoveryInterval,
            },
            Handler = new HandlerCommand(executable, handler.WorkingDirectory ?? "", handler.Arguments ?? []),
        };
    }

    private static TimeSpan? ReadTimeout(string? text) => text switch
    {
        null => TimeSpan.FromMinutes(30),
        "-1" => null,
        _ when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero => limit,
        _ => throw new InvalidDataException($"host.json: functionTimeout '{text}' is not a time like 00:10:00, nor -1."),
    };

    private static QueueSettings ReadQueues(QueuesPart? part)
    {
        var defaults = new QueueSettings();
        var batch = part?.BatchSize ?? defaults.BatchSize;
        var settings = new QueueSettings
        {
            BatchSize = batch,
            // QueuesOptions: half a batch for each processor unless it is set.
            NewBatchThreshold = part?.NewBatchThreshold ?? Math.Max(1, batch / 2) * Environment.ProcessorCount,
            MaxDequeueCount = part?.MaxDequeueCount ?? defaults.MaxDequeueCount,
            MaxPollingInterval = part?.MaxPollingInterval ?? defaults.MaxPollingInterval,
            VisibilityTimeout = part?.VisibilityTimeout ?? defaults.VisibilityTimeout,
            IsBase64 = !string.Equals(part?.MessageEncoding, "none", StringComparison.OrdinalIgnoreCase),
        };
        if (settings.BatchSize is < 1 or > 32)
            throw new InvalidDataException("host.json: extensions.queues.batchSize must be 1 to 32.");
        if (settings.NewBatchThreshold < 0)
            throw new InvalidDataException("host.json: extensions.queues.newBatchThreshold must not be negative.");
        if (settings.MaxDequeueCount < 1)
            throw new InvalidDataException("host.json: extensions.queues.maxDequeueCount must be at least 1.");
        if (settings.MaxPollingInterval < TimeSpan.FromMilliseconds(100))
            throw new InvalidDataException("host.json: extensions.queues.maxPollingInterval must be at least 00:00:00.100.");
        if (settings.VisibilityTimeout < TimeSpan.Zero || settings.VisibilityTimeout > TimeSpan.FromDays(7))
            throw new InvalidDataException("host.json: extensions.queues.visibilityTimeout must be between 0 and 7 days.");
        return settings;
    }
}
