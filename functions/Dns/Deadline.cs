// A time by which something has to be done.
namespace MailFunctions.Dns;

/// <summary>Counts down from now on.</summary>
internal sealed class Deadline(TimeProvider clock, TimeSpan allowed)
{
    private readonly long _start = clock.GetTimestamp();

    /// <summary>What is left; zero or less if it is over.</summary>
    public TimeSpan Left => allowed - clock.GetElapsedTime(_start);
}
