// What the stores take from outside besides storage itself: time, chance, the network and the log.
using System.Security.Cryptography;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Storage;

/// <summary>
/// Everything by which two runs of the same calls could differ. A program leaves the defaults; a test counts or breaks requests by a policy, and a
/// simulation replaces all of it and can then replay a run exactly.
/// </summary>
public sealed record StorageSeams
{
    /// <summary>The time of waits and limits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to less than 1, by which waits between tries are spread.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Names for writers: 32 lower-case hexadecimal digits that nobody else uses.</summary>
    public Func<string> Nonce { get; init; } = () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>What carries the requests; null for HTTP over the network.</summary>
    public HttpPipelineTransport? Transport { get; init; }

    /// <summary>What looks at every request right before it is sent and at every answer right after it came, the first one outermost.</summary>
    public IReadOnlyList<HttpPipelinePolicy> Policies { get; init; } = [];

    /// <summary>Where tries that failed are logged.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
