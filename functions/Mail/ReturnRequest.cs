// How much of a message its sender wants back with a report of failure.
namespace MailFunctions.Mail;

/// <summary>The value of RET in MAIL (RFC 3461 4.3); null where the parameter is absent.</summary>
public enum ReturnRequest
{
    /// <summary>The whole message.</summary>
    Full,

    /// <summary>Its header only (<c>HDRS</c>).</summary>
    Headers,
}
