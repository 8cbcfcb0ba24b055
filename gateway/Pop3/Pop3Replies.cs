// Every reply of the POP3 server, by name, once.
using System.Globalization;

namespace MailFunctions.Gateway.Pop3;

/// <summary>
/// The server's replies. None repeats what the client sent, so that nothing can be reflected through us, and what a client is told here is not what
/// the log says.
/// </summary>
internal static class Pop3Replies
{
#pragma warning disable CS1591 // the texts are the documentation
    public static Pop3Reply Ok { get; } = Pop3Reply.Ok("Done");
    public static Pop3Reply Capabilities { get; } = Pop3Reply.Ok("Capabilities follow");
    public static Pop3Reply BeginTls { get; } = Pop3Reply.Ok("Begin TLS");
    public static Pop3Reply Utf8On { get; } = Pop3Reply.Ok("UTF-8 it is");
    public static Pop3Reply SendPassword { get; } = Pop3Reply.Ok("Send PASS");
    public static Pop3Reply LoggedIn { get; } = Pop3Reply.Ok("Logged in");
    public static Pop3Reply UidsFollow { get; } = Pop3Reply.Ok("Unique ids follow");
    public static Pop3Reply TopFollows { get; } = Pop3Reply.Ok("Top of message follows");
    public static Pop3Reply Marked { get; } = Pop3Reply.Ok("Marked to be deleted");
    public static Pop3Reply Unmarked { get; } = Pop3Reply.Ok("No message is marked to be deleted");
    public static Pop3Reply Bye { get; } = Pop3Reply.Ok("Bye");
    public static Pop3Reply Deleted { get; } = Pop3Reply.Ok("Bye, marked messages are deleted");

    public static Pop3Reply UnknownCommand { get; } = Pop3Reply.Err("Command not known here");
    public static Pop3Reply NoArgument { get; } = Pop3Reply.Err("This command takes no argument");
    public static Pop3Reply UserSyntax { get; } = Pop3Reply.Err("Syntax: USER name");
    public static Pop3Reply UserFirst { get; } = Pop3Reply.Err("Say USER first");
    public static Pop3Reply AuthSyntax { get; } = Pop3Reply.Err("Syntax: AUTH mechanism [initial-response]");
    public static Pop3Reply AuthResponse { get; } = Pop3Reply.Err("Malformed authentication response");
    public static Pop3Reply AuthCancelled { get; } = Pop3Reply.Err("Authentication cancelled");
    public static Pop3Reply UnknownMechanism { get; } = Pop3Reply.Err("Authentication mechanism not offered");
    public static Pop3Reply TlsNotOffered { get; } = Pop3Reply.Err("TLS is active or not to be had");
    public static Pop3Reply TlsBeforeUtf8 { get; } = Pop3Reply.Err("Say STLS before UTF8");
    public static Pop3Reply TopSyntax { get; } = Pop3Reply.Err("Syntax: TOP message lines");
    public static Pop3Reply NoSuchMessage { get; } = Pop3Reply.Err("No such message");
    public static Pop3Reply MessageGone { get; } = Pop3Reply.Err("Message is gone");
    public static Pop3Reply LineTooLong { get; } = Pop3Reply.Err("Line too long");
    public static Pop3Reply BadCharacter { get; } = Pop3Reply.Err("Command contains a character that no command may contain");
    public static Pop3Reply BareLineFeed { get; } = Pop3Reply.Err("Lines end with <CR><LF>, closing connection");
    public static Pop3Reply TalksEarly { get; } = Pop3Reply.Err("Wait for the greeting, closing connection");
    public static Pop3Reply NotThisProtocol { get; } = Pop3Reply.Err("This is POP3, closing connection");
    public static Pop3Reply TooManyCommands { get; } = Pop3Reply.Err("Too many commands without a login, closing connection");
    public static Pop3Reply TooManyErrors { get; } = Pop3Reply.Err("Too many errors, closing connection");

    // RFC 3206 5 names "an attempt to authenticate in violation of policy" among the uses of AUTH, and Dovecot answers so too.
    public static Pop3Reply TlsRequired { get; } = Pop3Reply.Err("[AUTH] No passwords in clear, use TLS first");
    public static Pop3Reply LoginRefused { get; } = Pop3Reply.Err("[AUTH] Login failed");
    public static Pop3Reply InUse { get; } = Pop3Reply.Err("[IN-USE] Mailbox is in use by another session"); // RFC 2449 8.1.2

    public static Pop3Reply LoginDelayed { get; } = Pop3Reply.Trouble("Too many logins have failed, try again later");
    public static Pop3Reply LoginUnavailable { get; } = Pop3Reply.Trouble("Login is not possible now, try again later");
    public static Pop3Reply TooManyConnections { get; } = Pop3Reply.Trouble("Too many connections, try again later");
    public static Pop3Reply MessageUnavailable { get; } = Pop3Reply.Trouble("Message cannot be read now, try again later");
    public static Pop3Reply LeaseLost { get; } = Pop3Reply.Trouble("Mailbox may be in use by another session, not all marked messages were deleted");
    public static Pop3Reply NotAllDeleted { get; } = Pop3Reply.Trouble("Some marked messages were not deleted");
    public static Pop3Reply Stopping { get; } = Pop3Reply.Trouble("Service is restarting, nothing was deleted, try again soon");
#pragma warning restore CS1591

    /// <summary>The greeting. It has no timestamp in angle brackets, for APOP is not offered (RFC 1939 7).</summary>
    public static Pop3Reply Greeting(string hostname) => Pop3Reply.Ok($"{hostname} MailFunctions POP3");

    /// <summary>Number and octets, as STAT and LIST n answer (RFC 1939 5).</summary>
    public static Pop3Reply Size(int number, long octets) => Pop3Reply.Ok(Pair(number, octets));

    /// <summary>The first line of LIST.</summary>
    public static Pop3Reply ListFollows(int count, long octets) =>
        Pop3Reply.Ok(string.Create(CultureInfo.InvariantCulture, $"{count} messages ({octets} octets)"));

    /// <summary>The answer to UIDL n.</summary>
    public static Pop3Reply Uid(int number, string uid) => Pop3Reply.Ok(string.Create(CultureInfo.InvariantCulture, $"{number} {uid}"));

    /// <summary>The first line of RETR.</summary>
    public static Pop3Reply MessageFollows(long octets) => Pop3Reply.Ok(string.Create(CultureInfo.InvariantCulture, $"{octets} octets"));

    /// <summary>Two numbers, as a line of LIST has them.</summary>
    public static string Pair(int number, long octets) => string.Create(CultureInfo.InvariantCulture, $"{number} {octets}");
}
