// How the outcomes of an attempt change a ledger: pure, so that a change can be made again on what another worker wrote meanwhile.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// The transitions of a destination. Each touches only recipients that are still in its row, so that applying it twice changes nothing more: nobody is
/// reported on twice.
/// </summary>
internal static class LedgerTransitions
{
    private static readonly DeliveryStatus Expired = new(5, 4, 7); // RFC 3463 3.5: delivery time expired

    /// <summary>Takes the row's recipients out whose outcome is final, and owes the reports that somebody is to get about them.</summary>
    public static Ledger Conclude(Ledger ledger, string destination, IReadOnlyDictionary<EmailAddress, Outcome> outcomes, DateTimeOffset now)
    {
        if (ledger.Find(destination) is not { } row)
            return ledger;
        var delivered = row.Recipients.Where(to => outcomes.GetValueOrDefault(to.Address) is Outcome.Delivered).ToList();
        var failed = row.Recipients.Where(to => outcomes.GetValueOrDefault(to.Address) is Outcome.Failed).ToList();
        var left = row.Recipients.Except(delivered).Except(failed).ToList();
        ledger = ledger.With(row with { Recipients = left });
        ledger = Owe(ledger, ReportKind.Failed, failed, to => TroubleOf(outcomes[to.Address], now), now);
        // RFC 3461 5.2.1: a server that takes the wish for reports over sends them.
        var untold = delivered.Where(to => outcomes[to.Address] is Outcome.Delivered { ReportsItself: false });
        return Owe(ledger, ReportKind.Delivered, untold, to => TroubleOf(outcomes[to.Address], now), now);
    }

    /// <summary>
    /// Ends an attempt that leaves recipients: they wait for the next one, their sender is warned once when they are late, and at the end of their time
    /// they have failed. The claim is given up.
    /// </summary>
    public static Ledger Defer(Ledger ledger, string destination, Deferral deferral)
    {
        if (ledger.Find(destination) is not { } row)
            return ledger;
        var waiting = row.Recipients
            .Select(to => deferral.Outcomes.TryGetValue(to.Address, out var outcome) ? to with { LastTrouble = TroubleOf(outcome, deferral.Now) } : to)
            .ToList();
        var ofAll = deferral.OfAll is { } trouble ? TroubleOf(trouble, deferral.Now) : row.LastTrouble;
        DeliveryTrouble LastOf(LedgerRecipient to) =>
            to.LastTrouble ?? ofAll ?? new DeliveryTrouble(new DeliveryStatus(4, 4, 1), null, "delivery has not been possible", null, deferral.Now);

        if (deferral.IsLast)
        {
            ledger = ledger.With(row with { Recipients = [] });
            return Owe(ledger, ReportKind.Failed, waiting, to => LastOf(to) with { Status = Expired }, deferral.Now);
        }
        var warns = deferral.IsLate && !row.WarnedOfDelay;
        ledger = ledger.With(row with
        {
            Recipients = waiting,
            Attempts = row.Attempts + 1,
            NextAttempt = deferral.NextAttempt,
            LastTrouble = ofAll,
            Claim = null,
            WarnedOfDelay = row.WarnedOfDelay || warns,
        });
        return warns ? Owe(ledger, ReportKind.Delayed, waiting, LastOf, deferral.Now) : ledger;
    }

    /// <summary>What an outcome leaves in the ledger and in a report.</summary>
    public static DeliveryTrouble TroubleOf(Outcome outcome, DateTimeOffset now) => new(
        outcome.Status, outcome.Reply?.Code, outcome.Reply is { } reply ? string.Join(DeliveryTrouble.LineBreak, reply.Lines) : outcome.Text,
        outcome.RemoteHost, now);

    private static Ledger Owe(
        Ledger ledger, ReportKind kind, IEnumerable<LedgerRecipient> recipients, Func<LedgerRecipient, DeliveryTrouble> troubleOf, DateTimeOffset now)
    {
        var reported = recipients
            .Where(to => ReportPolicy.Decide(kind, ledger.ReversePath, ledger.Origin, to.Notify) is not ReportAddressee.Nobody)
            .Select(to => new ReportedRecipient(to.Address, to.Original, troubleOf(to)) { Named = to.Named })
            .ToList();
        return reported.Count == 0 ? ledger : ledger.Owing(kind, now, reported);
    }
}

/// <summary>What is known at the end of an attempt that leaves recipients.</summary>
internal sealed record Deferral
{
    /// <summary>The time, by the storage service's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public required DateTimeOffset NextAttempt { get; init; }

    /// <summary>What was answered about recipients.</summary>
    public required IReadOnlyDictionary<EmailAddress, Outcome> Outcomes { get; init; }

    /// <summary>What stood in the way of all; null if it was about recipients alone.</summary>
    public required Outcome? OfAll { get; init; }

    /// <summary>Whether this attempt was the last one.</summary>
    public required bool IsLast { get; init; }

    /// <summary>Whether the message is late enough for a warning.</summary>
    public required bool IsLate { get; init; }
}
