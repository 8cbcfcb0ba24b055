// A delivery status notification that is recorded and not yet made.
namespace MailFunctions.Mail;

/// <summary>
/// A report that a ledger owes. The compare-and-swap that recorded it gave its number and time, and with them the id of its message: made twice, it is
/// made once.
/// </summary>
/// <param name="Number">Its number within the ledger, from 1.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="RecordedAt">When it was recorded, UTC by the storage service's clock.</param>
/// <param name="Recipients">Whom it is about.</param>
public sealed record OwedReport(int Number, ReportKind Kind, DateTimeOffset RecordedAt, IReadOnlyList<ReportedRecipient> Recipients)
{
    /// <summary>The spool id of this report on the message <paramref name="of"/>.</summary>
    public SpoolId IdFor(SpoolId of) => SpoolId.Derive(RecordedAt, of, Number);
}

/// <summary>A recipient as a report tells of him.</summary>
/// <param name="Address">Where the message was to go.</param>
/// <param name="Original">The address that the client named in RCPT TO.</param>
/// <param name="Trouble">What went wrong; what was answered, for a success.</param>
public sealed record ReportedRecipient(EmailAddress Address, EmailAddress Original, DeliveryTrouble Trouble)
{
    /// <summary>The recipient as the sender named him (ORCPT), or null if he did not say.</summary>
    public OriginalRecipient? Named { get; init; }

    /// <summary>What the success was, in a report of <see cref="ReportKind.Delivered"/>.</summary>
    public SuccessAction Success { get; init; }
}
