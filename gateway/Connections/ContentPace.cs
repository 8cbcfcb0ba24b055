// How fast message content comes.
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Connections;

/// <summary>
/// Measures the waits for one message's content, in windows of <see cref="WireLimits.RateWindow"/>. Only the time counts in which we wait for the client,
/// so that it is not blamed for slow storage; and content that is there already costs no measuring.
/// </summary>
internal sealed class ContentPace(IContentReader content, WireLimits limits)
{
    private readonly long _required = (long)(limits.MinBytesPerSecond * limits.RateWindow.TotalSeconds);
    private TimeSpan _waited;
    private long _octets;

    /// <summary>Whose pace this is.</summary>
    public IContentReader Content => content;

    /// <summary>How much longer the client may send nothing: to the end of this window, or of the next if enough has come in this one.</summary>
    public TimeSpan Allowance => limits.RateWindow - _waited + (_octets >= _required ? limits.RateWindow : TimeSpan.Zero);

    /// <summary>Octets have come, after a wait within the allowance.</summary>
    public void Add(int octets, TimeSpan waited)
    {
        _waited += waited;
        if (_waited >= limits.RateWindow && _octets >= _required)
        {
            _waited -= limits.RateWindow;
            _octets = 0;
        }
        _octets += octets;
    }
}
