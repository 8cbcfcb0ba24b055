// What a success was.
namespace MailFunctions.Mail;

/// <summary>The kinds of success of which a report can tell (RFC 3461 6.2).</summary>
public enum SuccessAction
{
    /// <summary>The message was handed to a system that sends no reports.</summary>
    Relayed,

    /// <summary>The message is in the recipient's mailbox.</summary>
    Delivered,

    /// <summary>The address stands for several, to each of which the message goes; nothing more is told of them.</summary>
    Expanded,
}
