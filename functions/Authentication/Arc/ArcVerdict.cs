// What is made of a message's ARC sets.
namespace MailFunctions.Authentication.Arc;

/// <summary>The states of a chain (RFC 8617 4.4).</summary>
public enum ArcVerdict
{
    /// <summary>The message has no ARC sets.</summary>
    None,

    /// <summary>The chain holds: what its sealers say, they said, and the message is as the last of them sent it.</summary>
    Pass,

    /// <summary>The chain is broken or not one.</summary>
    Fail,
}
