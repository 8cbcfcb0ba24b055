// Every reply that the server gives, by name, once.
using System.Globalization;
using MailFunctions.Mail;

namespace MailFunctions.Smtp;

/// <summary>The server's replies (RFC 5321 4.2.2, RFC 5248, RFC 4954). What a peer is told here is not what the log says.</summary>
public static class Replies
{
#pragma warning disable CS1591 // the texts are the documentation
    public static Reply Help { get; } = new(214, new EnhancedStatus(0, 0), "See RFC 5321");
    public static Reply Closing { get; } = new(221, new EnhancedStatus(0, 0), "Bye");
    public static Reply Ok { get; } = new(250, new EnhancedStatus(0, 0), "OK");
    public static Reply SenderOk { get; } = new(250, new EnhancedStatus(1, 0), "Sender OK");
    public static Reply RecipientOk { get; } = new(250, new EnhancedStatus(1, 5), "Recipient OK");
    public static Reply ChunkOk { get; } = new(250, new EnhancedStatus(0, 0), "Chunk OK");
    public static Reply CannotVerify { get; } = new(252, new EnhancedStatus(1, 5), "Send some mail and see");
    public static Reply ReadyForTls { get; } = new(220, new EnhancedStatus(0, 0), "Go ahead");
    public static Reply Authenticated { get; } = new(235, new EnhancedStatus(7, 0), "Welcome");
    public static Reply StartContent { get; } = new(354, "End data with <CR><LF>.<CR><LF>");

    public static Reply ShuttingDown { get; } = new(421, new EnhancedStatus(3, 2), "Service is restarting, try again soon");
    public static Reply TooSlow { get; } = new(421, new EnhancedStatus(4, 2), "Timeout, closing connection");
    public static Reply EndlessContent { get; } = new(421, new EnhancedStatus(3, 4), "Message does not end, closing connection");
    public static Reply TooManyErrors { get; } = new(421, new EnhancedStatus(7, 0), "Too many errors, closing connection");
    public static Reply TooManyCommands { get; } = new(421, new EnhancedStatus(7, 0), "Too many commands without mail, closing connection");
    public static Reply TooManyConnections { get; } = new(421, new EnhancedStatus(7, 0), "Too many connections, try again later");
    public static Reply OutgoingLimit { get; } = new(450, new EnhancedStatus(7, 1), "You have written to too many new recipients today, try again tomorrow");
    public static Reply MessageLimit { get; } = new(450, new EnhancedStatus(7, 1), "You have sent too many messages today, try again tomorrow");
    public static Reply LocalTrouble { get; } = new(451, new EnhancedStatus(3, 0), "Temporary local problem, try again later");
    public static Reply SessionTrouble { get; } = new(421, new EnhancedStatus(3, 0), "Temporary local problem, closing connection");
    public static Reply MailboxFull { get; } = new(452, new EnhancedStatus(2, 2), "Mailbox is full, try again later");
    public static Reply TooManyRecipients { get; } = new(452, new EnhancedStatus(5, 3), "Too many recipients, send the rest in another transaction");
    public static Reply LoginDelayed { get; } = new(454, new EnhancedStatus(7, 0), "Too many logins have failed, try again later");
    public static Reply LoginUnavailable { get; } = new(454, new EnhancedStatus(7, 0), "Login is not possible now, try again later");

    public static Reply UnknownCommand { get; } = new(500, new EnhancedStatus(5, 2), "Command not recognized");
    public static Reply LineTooLong { get; } = new(500, new EnhancedStatus(5, 6), "Line too long");
    public static Reply BareLineFeed { get; } = new(500, new EnhancedStatus(5, 2), "Lines end with <CR><LF>, closing connection");
    public static Reply BadCharacter { get; } = new(500, new EnhancedStatus(5, 2), "Command contains a character that no command may contain");
    public static Reply HelloName { get; } = new(501, new EnhancedStatus(5, 4), "Give a host name or an address literal");
    public static Reply MailSyntax { get; } = new(501, new EnhancedStatus(5, 4), "Syntax: MAIL FROM:<address>");
    public static Reply BdatSyntax { get; } = new(501, new EnhancedStatus(5, 4), "Syntax: BDAT octets [LAST]");
    public static Reply RcptSyntax { get; } = new(501, new EnhancedStatus(5, 4), "Syntax: RCPT TO:<address>");
    public static Reply SenderAddress { get; } = new(501, new EnhancedStatus(1, 7), "Malformed sender address");
    public static Reply RecipientAddress { get; } = new(501, new EnhancedStatus(1, 3), "Malformed recipient address");
    public static Reply ParameterSyntax { get; } = new(501, new EnhancedStatus(5, 4), "Malformed parameter");
    public static Reply AuthSyntax { get; } = new(501, new EnhancedStatus(5, 4), "Syntax: AUTH mechanism [initial-response]");
    public static Reply AuthResponse { get; } = new(501, new EnhancedStatus(5, 2), "Malformed authentication response");
    public static Reply AuthCancelled { get; } = new(501, new EnhancedStatus(7, 0), "Authentication cancelled");
    public static Reply NoArgument { get; } = new(501, new EnhancedStatus(5, 4), "This command takes no argument");
    public static Reply NotOffered { get; } = new(502, new EnhancedStatus(5, 1), "Command not offered here");
    public static Reply HelloFirst { get; } = new(503, new EnhancedStatus(5, 1), "Say EHLO first");
    public static Reply MailFirst { get; } = new(503, new EnhancedStatus(5, 1), "Say MAIL first");
    public static Reply RcptFirst { get; } = new(503, new EnhancedStatus(5, 1), "No valid recipients");
    public static Reply InTransaction { get; } = new(503, new EnhancedStatus(5, 1), "Not inside a transaction");
    public static Reply InChunks { get; } = new(503, new EnhancedStatus(5, 1), "Not between the chunks of a message");
    public static Reply AlreadyTls { get; } = new(503, new EnhancedStatus(5, 1), "TLS is active");
    public static Reply AlreadyAuthenticated { get; } = new(503, new EnhancedStatus(5, 1), "Already authenticated");
    public static Reply UnknownMechanism { get; } = new(504, new EnhancedStatus(5, 4), "Authentication mechanism not offered");
    public static Reply TlsFirst { get; } = new(530, new EnhancedStatus(7, 0), "Say STARTTLS first");
    public static Reply AuthenticationRequired { get; } = new(530, new EnhancedStatus(7, 0), "Authentication required");
    public static Reply AuthenticationFailed { get; } = new(535, new EnhancedStatus(7, 8), "Authentication failed");
    public static Reply EncryptionRequired { get; } = new(538, new EnhancedStatus(7, 11), "Authentication needs TLS");
    public static Reply NoSuchUser { get; } = new(550, new EnhancedStatus(1, 1), "No such user here");
    public static Reply RelayDenied { get; } = new(550, new EnhancedStatus(7, 1), "Relaying denied");
    public static Reply AliasLoop { get; } = new(550, new EnhancedStatus(4, 6), "Address is forwarded in a circle");
    public static Reply BadContent { get; } = new(550, new EnhancedStatus(6, 0), "Message has bare <CR>, bare <LF> or NUL, or an endless line");
    public static Reply Utf8Sender { get; } = new(550, new EnhancedStatus(6, 7), "Sender address is not ASCII, and MAIL does not say SMTPUTF8");
    public static Reply SenderRejected { get; } = new(550, new EnhancedStatus(7, 1), "Message is not from its author's domain, which wants such mail rejected (DMARC)");
    /// <summary>The client's address is on a blocklist, whose operator can say why; what the list says of it is not repeated.</summary>
    public static Reply Blocklisted(string zone) => new(550, new EnhancedStatus(7, 1), $"Mail from your address is not taken: it is on the blocklist {zone}");

    public static Reply FromMissing { get; } = new(550, new EnhancedStatus(6, 0), "Message has no From field");
    public static Reply FromTwice { get; } = new(550, new EnhancedStatus(6, 0), "Message has more than one From or Sender field");
    public static Reply FromUnreadable { get; } = new(550, new EnhancedStatus(6, 0), "From or Sender field is not a list of addresses, or too long a one");
    public static Reply HeaderTooBig { get; } = new(550, new EnhancedStatus(6, 0), "Message header is too big");
    public static Reply TooManyHops { get; } = new(554, new EnhancedStatus(4, 6), "Too many hops, this message is in a loop");
    public static Reply TooManyChunks { get; } = new(554, new EnhancedStatus(5, 0), "Message has too many chunks");
    public static Reply MailLoop { get; } = new(554, new EnhancedStatus(4, 6), "This message was delivered to that address before, it is in a loop");
    public static Reply MessageTooBig { get; } = new(552, new EnhancedStatus(3, 4), "Message is too big");
    public static Reply SenderNotOwned { get; } = new(553, new EnhancedStatus(7, 1), "Sender address does not belong to you");
    public static Reply AuthorNotOwned { get; } = new(553, new EnhancedStatus(7, 1), "From or Sender address does not belong to you");
    public static Reply Utf8Recipient { get; } = new(553, new EnhancedStatus(6, 7), "Recipient address is not ASCII, and MAIL does not say SMTPUTF8");
    public static Reply EarlyTalker { get; } = new(554, new EnhancedStatus(5, 0), "Message data came before it was asked for, closing connection");
    public static Reply TalksEarly { get; } = new(554, new EnhancedStatus(5, 0), "Wait for the greeting, closing connection");
    public static Reply NotThisProtocol { get; } = new(554, new EnhancedStatus(5, 0), "This is SMTP, closing connection");
    public static Reply UnknownParameter { get; } = new(555, new EnhancedStatus(5, 4), "Parameter not recognized or not offered");
#pragma warning restore CS1591

    /// <summary>The greeting (RFC 5321 4.3.1).</summary>
    public static Reply Greeting(string hostname) => new(220, $"{hostname} ESMTP MailFunctions");

    /// <summary>The reply that makes the message ours.</summary>
    public static Reply Queued(SpoolId id) => new(250, new EnhancedStatus(0, 0), string.Create(CultureInfo.InvariantCulture, $"OK queued as {id}"));

    /// <summary>A challenge of a SASL exchange, in base64 (RFC 4954 4).</summary>
    public static Reply Challenge(string base64) => new(334, base64);
}
