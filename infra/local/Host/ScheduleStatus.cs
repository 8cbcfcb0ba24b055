// What the host keeps of a timer between its runs.
namespace MailFunctions.Local.Host;

/// <summary>When a timer last ran, when it is to run next, and from which time that was computed; a default time means never.</summary>
internal sealed record ScheduleStatus(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset LastUpdated);
