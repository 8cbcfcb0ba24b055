// The storage service's clock, in memory.
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>The storage service's clock, which may differ from the machine's.</summary>
public sealed class MemoryStoreClock(TimeProvider time) : IStoreClock
{
    /// <summary>By how much the service's clock is ahead of the machine's.</summary>
    public TimeSpan Ahead { get; set; }

    public DateTimeOffset UtcNow => time.GetUtcNow() + Ahead;
}
