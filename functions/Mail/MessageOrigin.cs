// Who made a message: what may be reported about it depends on that.
namespace MailFunctions.Mail;

/// <summary>Where a message comes from.</summary>
public enum MessageOrigin
{
    /// <summary>A client brought it.</summary>
    Client,

    /// <summary>It is a report that this system made for the sender of another message.</summary>
    Report,

    /// <summary>
    /// It is the report on a failed report that this system made for a postmaster: the last link, nothing is ever reported about it.
    /// </summary>
    PostmasterReport,
}
