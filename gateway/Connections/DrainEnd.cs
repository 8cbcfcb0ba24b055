// Until when a message on its way may still come.
namespace MailFunctions.Gateway.Connections;

/// <summary>The end of a drain, counted from when this is first asked: when its connection first saw that the gateway stops.</summary>
internal sealed class DrainEnd(TimeProvider time, TimeSpan drain)
{
    private long _at;

    /// <summary>The end, as a timestamp of the clock.</summary>
    public long At => _at == 0 ? _at = time.GetTimestamp() + (long)(drain.TotalSeconds * time.TimestampFrequency) : _at;

    /// <summary>True once it is over.</summary>
    public bool HasPassed => time.GetTimestamp() >= At;
}
