// What a client does that good clients do seldom.
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Connections;

/// <summary>Counts a client's errors and its commands that bring no mail nearer, and says when there are too many.</summary>
internal sealed class Conduct(WireLimits limits, GatewayMetrics metrics)
{
    private int _commands;
    private bool _owesPause;

    /// <summary>How many errors it has made.</summary>
    public int Errors { get; private set; }

    /// <summary>Counts an error. Those who guess make many, and from a number on each costs them time.</summary>
    /// <returns>False if it is one too many: the session ends.</returns>
    public bool Err()
    {
        _owesPause = ++Errors > limits.ErrorsBeforePause;
        if (Errors < limits.Errors)
            return true;
        metrics.LimitHit(nameof(LimitOptions.Errors));
        return false;
    }

    /// <summary>Counts a command that brings no mail nearer.</summary>
    /// <returns>False if it is one too many: the session ends.</returns>
    public bool Chat()
    {
        if (++_commands <= limits.CommandsWithoutMail)
            return true;
        metrics.LimitHit(nameof(LimitOptions.CommandsWithoutMail));
        return false;
    }

    /// <summary>A message has been taken: the commands up to it were for something.</summary>
    public void Deliver() => _commands = 0;

    /// <summary>How long the client has to wait before it is heard again; asked once for each wait.</summary>
    public TimeSpan TakePause()
    {
        if (!_owesPause)
            return TimeSpan.Zero;
        _owesPause = false;
        metrics.LimitHit(nameof(LimitOptions.ErrorsBeforePause));
        return limits.ErrorPause;
    }
}
