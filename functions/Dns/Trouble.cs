// Why a question has no answer for now.
namespace MailFunctions.Dns;

/// <summary>Why an answer could not be had. None of these says anything about the name: whoever asked asks again later.</summary>
public enum Trouble
{
    /// <summary>No server answered in time.</summary>
    TimedOut,

    /// <summary>No server could be reached: the network or the server's host refused.</summary>
    Unreachable,

    /// <summary>A server failed (SERVFAIL, a code with no meaning to us, or answers that fail DNSSEC validation).</summary>
    ServerFailed,

    /// <summary>A server refuses to answer us (REFUSED).</summary>
    Refused,

    /// <summary>What came is no message, or contradicts itself.</summary>
    Malformed,

    /// <summary>The server neither knows the zone nor asks others on our behalf.</summary>
    Lame,

    /// <summary>More aliases follow one another than are followed, or they lead in a circle.</summary>
    TooManyAliases,
}
