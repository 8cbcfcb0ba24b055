// Why a session ended, for the log.
namespace MailFunctions.Gateway.Pop3;

/// <summary>The reasons for which sessions end.</summary>
internal enum SessionEnd
{
    /// <summary>The client said QUIT, or was answered for the last time: too many errors or refused logins, lines that end in a bare LF.</summary>
    Closed,

    /// <summary>The client closed the connection, or it broke.</summary>
    ClientGone,

    /// <summary>The client said nothing, or read nothing, for too long.</summary>
    ClientTooSlow,

    /// <summary>The upgrade to TLS failed.</summary>
    NoTls,

    /// <summary>Storage failed in the middle of a message.</summary>
    MessageBrokeOff,

    /// <summary>Storage took longer than any client waits.</summary>
    WorkTooSlow,

    /// <summary>The gateway stops.</summary>
    Stopping,

    /// <summary>A bug.</summary>
    Failed,
}
