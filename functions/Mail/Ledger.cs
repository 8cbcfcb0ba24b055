// The record of what remains to be done for a message after its local copies are stored.
namespace MailFunctions.Mail;

/// <summary>
/// The ledger of one message. It exists only when something remains after the local copies; its deletion, after that of the spool blob, records the
/// last success. Its states only move forward: a recipient that is not in it any more is finished, and a report that is not owed any more is made.
/// </summary>
/// <param name="Id">The message.</param>
/// <param name="ReversePath">The sender, or null for the null reverse-path.</param>
/// <param name="StoredAt">When the message was committed, by the storage service's clock: every age counts from here.</param>
/// <param name="Destinations">What remains to be relayed, a row per destination.</param>
public sealed record Ledger(
    SpoolId Id, EmailAddress? ReversePath, DateTimeOffset StoredAt, IReadOnlyList<LedgerDestination> Destinations)
{
    /// <summary>The name under which work on <see cref="Owed"/> is enqueued. No domain can be called so.</summary>
    public const string ReportDestination = "<report>";

    /// <summary>Who made the message, as in its envelope: it decides whom a failure is reported to.</summary>
    public MessageOrigin Origin { get; init; }

    /// <summary>Whether a try to store the message may still be under way, as in its envelope.</summary>
    public bool MayComeAgain { get; init; }

    /// <summary>Whether the end of the message leaves an empty mark in the spool, as in its envelope.</summary>
    public bool LeavesMark => MayComeAgain || Origin != MessageOrigin.Client;

    /// <summary>How much a report is to give back (RET), or null if the client did not say.</summary>
    public ReturnRequest? Return { get; init; }

    /// <summary>The sender's name for this transaction in reports (ENVID), decoded, or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The W3C trace context in which the message was routed, for those who look at a retry and want to see its beginning; null if none is known.</summary>
    public string? Traceparent { get; init; }

    /// <summary>The reports that are recorded and not yet made, in order of number.</summary>
    public IReadOnlyList<OwedReport> Owed { get; init; } = [];

    /// <summary>The number of the report that was recorded last; 0 if there was none.</summary>
    public int LastReport { get; init; }

    /// <summary>
    /// The earliest time at which something is to be done, UTC by the storage service's clock: an owed report at once, a claimed destination when its
    /// claim expires, any other at its next attempt, and the deletion of a message of which nothing remains at once. Null while all that remains is held.
    /// </summary>
    public DateTimeOffset? Next
    {
        get
        {
            var times = Owed.Select(report => report.RecordedAt)
                .Concat(Destinations.Where(destination => destination.State == DestinationState.Due).Select(destination => destination.Next))
                .ToList();
            return times.Count > 0 ? times.Min() : IsFinished ? StoredAt : null;
        }
    }

    /// <summary>True when nothing remains: the spool blob is to be deleted, and then this ledger.</summary>
    public bool IsFinished => Destinations.Count == 0 && Owed.Count == 0;

    /// <summary>The destination of that name, or null if nothing remains for it.</summary>
    public LedgerDestination? Find(string destination) => Destinations.FirstOrDefault(row => row.Name == destination);

    /// <summary>The same ledger with the row of that name replaced, or removed if it has no recipient any more.</summary>
    public Ledger With(LedgerDestination destination) => this with
    {
        Destinations = [.. Destinations
            .Select(row => row.Name == destination.Name ? destination : row)
            .Where(row => row.Recipients.Count > 0)],
    };

    /// <summary>
    /// The same ledger owing one more report, numbered by it. Whoever stores this by compare-and-swap has given the number; nobody else can give it again.
    /// </summary>
    public Ledger Owing(ReportKind kind, DateTimeOffset recordedAt, IReadOnlyList<ReportedRecipient> recipients) => this with
    {
        LastReport = LastReport + 1,
        Owed = [.. Owed, new OwedReport(LastReport + 1, kind, recordedAt, recipients)],
    };
}
