// What came of one transaction.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>What came of it for one recipient.</summary>
/// <param name="Recipient">The forward-path.</param>
/// <param name="Outcome">How it ended, if nobody else can be asked.</param>
/// <param name="Trouble">What stood in the way and how far that reaches; null if it was delivered.</param>
public sealed record RecipientResult(EmailAddress Recipient, Outcome Outcome, ClientTrouble? Trouble);

/// <summary>The end of a transaction.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>It was brought to an end.</summary>
    /// <param name="Recipients">A row per recipient, in the order of the message's.</param>
    /// <param name="Trouble">
    /// Trouble beyond single recipients: of the message, or of the site, in which case the connection is of no further use.
    /// </param>
    public sealed record Ended(IReadOnlyList<RecipientResult> Recipients, ClientTrouble? Trouble) : SendResult;

    /// <summary>
    /// The caller said in the last moment that the message must not be finished. The connection was dropped without the end of the message, so
    /// nothing was delivered, and there is nothing to record.
    /// </summary>
    public sealed record Lost : SendResult;
}
