// What the Functions host is told by host.json.
namespace MailFunctions.Local.Host;

/// <summary>The settings of host.json that this host honours, with the platform's defaults for those that are absent.</summary>
internal sealed record HostSettings
{
    /// <summary>How long one invocation may run before the host restarts the worker; null for no limit.</summary>
    public TimeSpan? FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What stands before every HTTP route, without slashes; may be empty.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>How queues are read.</summary>
    public QueueSettings Queues { get; init; } = new();

    /// <summary>How long the leases live that make each timer run in one host only.</summary>
    public SingletonSettings Singleton { get; init; } = new();

    /// <summary>The custom handler.</summary>
    public required HandlerCommand Handler { get; init; }
}

/// <summary>How queues are read (host.json, <c>extensions.queues</c>).</summary>
internal sealed record QueueSettings
{
    /// <summary>How many messages one request takes, 1 to 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when no more than this many messages are at work.</summary>
    public int NewBatchThreshold { get; init; } = 8 * Environment.ProcessorCount;

    /// <summary>The attempt that, failed, sends a message to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>The longest pause between two looks at an empty queue.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message stays away after a failed attempt; no part in how long a running one is hidden.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>How long a message taken is hidden; renewed at half. The platform fixes it at ten minutes and no setting changes that.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether message text is base64, as it is unless host.json says <c>none</c>.</summary>
    public bool IsBase64 { get; init; } = true;
}

/// <summary>How a timer's lease is held and sought (host.json, <c>singleton</c>).</summary>
internal sealed record SingletonSettings
{
    /// <summary>How long the lease lasts unless renewed, 15 to 60 seconds.</summary>
    public TimeSpan LockPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a host that has not got it tries again.</summary>
    public TimeSpan RecoveryInterval { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How the worker is started (host.json, <c>customHandler.description</c>).</summary>
/// <param name="Executable">A file in the app's folder, or a command on the PATH.</param>
/// <param name="WorkingDirectory">Relative to the app's folder; may be empty.</param>
/// <param name="Arguments">Its arguments; <c>%NAME%</c> stands for an environment variable.</param>
internal sealed record HandlerCommand(string Executable, string WorkingDirectory, IReadOnlyList<string> Arguments);
