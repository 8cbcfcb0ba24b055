// How long to wait before looking at an empty queue again.
namespace MailFunctions.Local.Host;

/// <summary>
/// The Functions host's schedule for an empty queue: 100 ms after a message, then 100 ms more and doubling (0.2, 0.3, 0.5, 0.9, 1.7 s ...), each step
/// varied by up to a fifth, until <paramref name="longest"/>. Not safe for concurrent use.
/// </summary>
/// <param name="longest">The longest pause.</param>
/// <param name="random">Where the variation comes from.</param>
internal sealed class PollingBackoff(TimeSpan longest, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private int _step;

    /// <summary>The pause after an empty look, the first since messages were found.</summary>
    public TimeSpan AfterMessages()
    {
        _step = 1;
        return Min(Shortest);
    }

    /// <summary>The pause after one more empty look.</summary>
    public TimeSpan AfterNothing()
    {
        if (_step == 0)
            return AfterMessages();
        var pause = Shortest + (Shortest * Math.Pow(2, _step - 1) * (random.Next(80, 120) / 100.0));
        if (pause >= longest)
            return longest;
        _step++;
        return pause;
    }

    private TimeSpan Min(TimeSpan pause) => pause < longest ? pause : longest;
}
