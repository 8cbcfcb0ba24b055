// One mail transaction: what MAIL began, until DATA, RSET, EHLO or the end of the session.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// Sender, recipients and what was declared about the message, in one object, so that they live and die together: a session either has all of them
/// or none.
/// </summary>
internal sealed class MailTransaction(EmailAddress? reversePath, bool eightBitMime)
{
    private readonly List<Recipient> _recipients = [];
    private readonly HashSet<EmailAddress> _targets = [];

    /// <summary>The sender, or null for the null reverse-path.</summary>
    public EmailAddress? ReversePath { get; } = reversePath;

    /// <summary>True if BODY=8BITMIME was declared.</summary>
    public bool EightBitMime { get; } = eightBitMime;

    /// <summary>The size that the client declared (RFC 1870), or 0.</summary>
    public long DeclaredSize { get; init; }

    /// <summary>True if addresses and header may be UTF-8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>How much a report is to give back (RET), or null if the client did not say.</summary>
    public ReturnRequest? Return { get; init; }

    /// <summary>The client's name for this transaction in reports (ENVID), or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The final targets, each once however many names of his the client gave.</summary>
    public IReadOnlyList<Recipient> Recipients => _recipients;

    /// <summary>How many RCPT commands were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Adds what one RCPT command resolved to.</summary>
    public void Add(IEnumerable<Recipient> recipients)
    {
        Accepted++;
        foreach (var recipient in recipients)
        {
            if (_targets.Add(recipient.Target))
                _recipients.Add(recipient);
        }
    }
}
