// What a delivery report tells its reader.
namespace MailFunctions.Mail;

/// <summary>What a report (RFC 3464) is about. A report tells of one kind only.</summary>
public enum ReportKind
{
    /// <summary>Delivery has failed and is not tried again.</summary>
    Failed,

    /// <summary>Delivery has not succeeded yet and is still being tried.</summary>
    Delayed,

    /// <summary>The message has been delivered, or handed to a system that sends no such reports.</summary>
    Delivered,
}
