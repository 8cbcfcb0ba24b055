// What a report says was done for a recipient.
namespace MailFunctions.Mime;

/// <summary>The values of the field <c>Action</c> (RFC 3464 2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>The message could not be delivered and is not tried again.</summary>
    Failed,

    /// <summary>The message could not be delivered yet and is tried again.</summary>
    Delayed,

    /// <summary>The message is in the recipient's mailbox.</summary>
    Delivered,

    /// <summary>The message was handed to a system that sends no reports.</summary>
    Relayed,

    /// <summary>The address stands for several, to each of which the message goes; nothing more is told of them.</summary>
    Expanded,
}
