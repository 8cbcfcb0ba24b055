// What of a ledger waits for a worker now.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>Tells which hints bring a ledger forward: for destinations that are due and not claimed, and for owed reports.</summary>
internal static class OpenWork
{
    /// <summary>The names to enqueue.</summary>
    public static IEnumerable<string> Of(Ledger ledger, DateTimeOffset now)
    {
        foreach (var row in ledger.Destinations)
        {
            if (row.State == DestinationState.Due && row.Next <= now)
                yield return row.Name;
        }
        // A ledger of which nothing remains was left by a worker that died before its deletion; any hint ends it.
        if (ledger.Owed.Count > 0 || ledger.IsFinished)
            yield return Ledger.ReportDestination;
    }
}
