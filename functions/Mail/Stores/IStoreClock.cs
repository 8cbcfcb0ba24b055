// The clock that decides about ages and deadlines of stored things.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// The storage service's time: the Date of its latest answer plus the time that has passed since by this machine's monotonic clock. Machines' wall
/// clocks differ and jump; the service's does not, and every process sees the same one.
/// </summary>
public interface IStoreClock
{
    /// <summary>The time, UTC; this machine's own time until the first answer has come.</summary>
    DateTimeOffset UtcNow { get; }
}
