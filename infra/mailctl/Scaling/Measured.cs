// What was measured of our programs, or is fixed in them, as far as their scale follows from it.
namespace MailFunctions.Mailctl.Scaling;

/// <summary>
/// CPU of one run of what tests/Bench/README.md describes (50 sessions, published programs), in seconds of one core of that machine; the table that stands there
/// is of a later run, which took a fifth less. And the figures that tests compare with the programs that have them.
/// </summary>
internal static class Measured
{
    /// <summary>The gateway's seconds for 1,000 messages of next to no length: those of 4 KB.</summary>
    public const double GatewaySeconds = 0.56;

    /// <summary>What each MB of length adds, for 1,000 messages: (29.8 - 0.56) / 10.</summary>
    public const double GatewaySecondsPerMegabyte = 2.9;

    /// <summary>The function app's seconds to route and deliver 1,000 messages of next to no length.</summary>
    public const double FunctionSeconds = 0.53;

    /// <summary>What each MB of length adds, for 1,000 messages: (22.0 - 0.53) / 10.</summary>
    public const double FunctionSecondsPerMegabyte = 2.1;

    /// <summary>The share of a core that is planned for: what comes in waves needs room.</summary>
    public const double UsableShare = 0.5;

    /// <summary>Queue messages that one instance works on at once: batchSize and newBatchThreshold of functions/App/host.json.</summary>
    public const int AtOncePerInstance = 16 + 8;

    /// <summary>Entries that the retry tick works on at once.</summary>
    public const int RetryAtOnce = 32;

    /// <summary>The share of a minute in which it works.</summary>
    public const double RetryShare = 50 / 60.0;

    /// <summary>Seconds after which a late message is looked at again: the default of Mail:Retry:MaxInterval.</summary>
    public const double LongestWait = 3 * 3600;

    /// <summary>Octets of a small record or of a call's envelope, about.</summary>
    public const double RecordOctets = 1_024;

    /// <summary>Octets of an entry in a list, about.</summary>
    public const double ListEntryOctets = 700;
}
