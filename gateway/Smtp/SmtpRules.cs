// The state model of SMTP, as data: the session follows it, and the tests run random sessions beside it.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>Which command is possible when, and what it changes. The replies to commands in the wrong place are here and nowhere else.</summary>
internal static class SmtpRules
{
    private static readonly SmtpRefusal HelloFirst = Without(SmtpFacts.Greeted, Replies.HelloFirst);
    private static readonly SmtpRefusal ExtendedOnly = Without(SmtpFacts.Extended, Replies.NotOffered);
    private static readonly SmtpRefusal MailFirst = Without(SmtpFacts.Transaction, Replies.MailFirst);
    private static readonly SmtpRefusal RecipientFirst = Without(SmtpFacts.Recipient, Replies.RcptFirst);
    private static readonly SmtpRefusal NotInside = With(SmtpFacts.Transaction, Replies.InTransaction);
    private static readonly SmtpRefusal NotBetweenChunks = With(SmtpFacts.Chunks, Replies.InChunks);

    // RFC 6409 4.3: a login first, for which TLS comes first.
    private static readonly SmtpRefusal TlsFirst = new(SmtpFacts.Submission | SmtpFacts.Tls, SmtpFacts.Submission, Replies.TlsFirst);
    private static readonly SmtpRefusal LoginFirst = new(SmtpFacts.Submission | SmtpFacts.LoggedIn, SmtpFacts.Submission, Replies.AuthenticationRequired);

    // RFC 5321 4.1.1.1: both begin anew, as RSET does.
    public static readonly SmtpRule Ehlo = new("EHLO", SmtpFacts.Greeted | SmtpFacts.Extended, SmtpFacts.Mail) { IsChat = true };
    public static readonly SmtpRule Helo = new("HELO", SmtpFacts.Greeted, SmtpFacts.Mail | SmtpFacts.Extended) { IsChat = true };

    // RFC 5321 4.1.4: in this order, one transaction at a time.
    public static readonly SmtpRule Mail = new("MAIL", SmtpFacts.Transaction, SmtpFacts.None, HelloFirst, TlsFirst, LoginFirst, NotInside);
    public static readonly SmtpRule Rcpt = new("RCPT", SmtpFacts.Recipient, SmtpFacts.None, HelloFirst, MailFirst, NotBetweenChunks);

    // Once content was asked for the transaction is over, whatever comes of it.
    public static readonly SmtpRule Data = new("DATA", SmtpFacts.None, SmtpFacts.Mail, HelloFirst, MailFirst, RecipientFirst, NotBetweenChunks);

    // RFC 3030 2: a message that lacks a chunk is no message any more.
    public static readonly SmtpRule Bdat = new(
        "BDAT", SmtpFacts.Chunks, SmtpFacts.None, HelloFirst, TlsFirst, LoginFirst, MailFirst, RecipientFirst, ExtendedOnly)
    {
        HasContent = true, ForgetsRefused = SmtpFacts.Mail,
    };

    public static readonly SmtpRule BdatLast = Bdat with { Verb = "BDAT LAST", Gains = SmtpFacts.None, Forgets = SmtpFacts.Mail };

    public static readonly SmtpRule Rset = new("RSET", SmtpFacts.None, SmtpFacts.Mail) { IsChat = true };
    public static readonly SmtpRule Noop = new("NOOP", SmtpFacts.None, SmtpFacts.None) { IsChat = true };
    public static readonly SmtpRule Vrfy = new("VRFY", SmtpFacts.None, SmtpFacts.None) { IsChat = true };
    public static readonly SmtpRule Expn = new("EXPN", SmtpFacts.None, SmtpFacts.None) { IsChat = true };
    public static readonly SmtpRule Help = new("HELP", SmtpFacts.None, SmtpFacts.None) { IsChat = true };
    public static readonly SmtpRule Quit = new("QUIT", SmtpFacts.None, SmtpFacts.None) { Closes = true };

    // RFC 3207 4.2: everything said in clear is forgotten.
    public static readonly SmtpRule StartTls = new(
        "STARTTLS", SmtpFacts.Tls, SmtpFacts.Greeted | SmtpFacts.Extended | SmtpFacts.LoggedIn | SmtpFacts.Mail,
        HelloFirst, NotInside, With(SmtpFacts.Tls, Replies.AlreadyTls), Without(SmtpFacts.Certificate, Replies.NotOffered));

    // RFC 4954 4: not inside a transaction, and once. RFC 4954 6: 538 where TLS is wanted first.
    public static readonly SmtpRule Auth = new(
        "AUTH", SmtpFacts.LoggedIn, SmtpFacts.None,
        HelloFirst, NotInside, Without(SmtpFacts.Submission, Replies.NotOffered), Without(SmtpFacts.Tls, Replies.EncryptionRequired),
        With(SmtpFacts.LoggedIn, Replies.AlreadyAuthenticated));

    // A line that is no command of ours.
    public static readonly SmtpRule Other = new("", SmtpFacts.None, SmtpFacts.None);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SmtpRule> All { get; } =
        [Ehlo, Helo, Mail, Rcpt, Data, Bdat, BdatLast, Rset, Noop, Vrfy, Expn, Help, Quit, StartTls, Auth, Other];

    private static SmtpRefusal With(SmtpFacts fact, Reply reply) => new(fact, fact, reply);

    private static SmtpRefusal Without(SmtpFacts fact, Reply reply) => new(fact, SmtpFacts.None, reply);
}
