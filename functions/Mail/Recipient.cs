// One recipient of a message, as the gateway resolved him at RCPT.
namespace MailFunctions.Mail;

/// <summary>
/// A final target of a message. Aliases and forwards were followed when the recipient was accepted; whoever handles the message later follows this
/// and never asks the directory again, so that every run does the same (design: the envelope decides).
/// </summary>
public sealed record Recipient
{
    /// <summary>Where the message goes: the account's address if <see cref="IsLocal"/>, else an address at another domain.</summary>
    public required EmailAddress Target { get; init; }

    /// <summary>The address that the client named in RCPT TO.</summary>
    public required EmailAddress Original { get; init; }

    /// <summary>True if <see cref="Target"/> is an account whose mailbox we keep.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>The events of which the sender wants to hear; null if he did not say.</summary>
    public Notify? Notify { get; init; }

    /// <summary>The recipient as the sender named him (ORCPT), or null if he did not say.</summary>
    public OriginalRecipient? Named { get; init; }

    /// <summary>True if an alias or forward of ours leads elsewhere: the mail comes to the target from us, who are not its sender's server.</summary>
    public bool IsForwarded => !IsLocal && Target != Original;
}
