// How it is found out who really sent a message.
namespace MailFunctions.Gateway.Senders;

/// <summary>What follows from what is found out.</summary>
internal enum AuthenticationMode
{
    /// <summary>Nothing is asked; fields that claim to be results of ours are removed all the same.</summary>
    Off,

    /// <summary>Messages are marked with what was found.</summary>
    Mark,

    /// <summary>Messages are marked, and those are refused whose author's domain wants it so.</summary>
    Enforce,
}

/// <summary>Section <c>Mail:Authentication</c>.</summary>
internal sealed class AuthenticationOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(2);

    /// <summary>What is done.</summary>
    public AuthenticationMode Mode { get; set; } = AuthenticationMode.Enforce;

    /// <summary>
    /// How long a client waits at most behind its message, first for what speaks for it and then for the policy of its author's domain; what is not known
    /// then counts as not to be known now.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Adds a line for each value that is not allowed.</summary>
    public void Check(List<string> errors)
    {
        if (!Enum.IsDefined(Mode))
            errors.Add($"Mail:Authentication:Mode is '{Mode}': off, mark or enforce is allowed.");
        if (Timeout <= TimeSpan.Zero || Timeout > LongestTimeout)
            errors.Add($"Mail:Authentication:Timeout is {Timeout}: more than 0 and at most {LongestTimeout} is allowed, like 00:00:20.");
    }
}
