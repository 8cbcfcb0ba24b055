// What a change did to the queue, and what it refused.
using System.Text.Json;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Queue;

/// <summary>Collects what was done, message by message, for the answer.</summary>
internal sealed class ChangeLog(string action)
{
    private readonly List<ChangedView> _changed = [];
    private readonly List<string> _refusals = [];

    /// <summary>What was refused so far, a line each.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>A destination was changed; <paramref name="after"/> is null if it is gone.</summary>
    public void Changed(SpoolId id, LedgerDestination before, LedgerDestination? after) => _changed.Add(new ChangedView(
        id.Text, before.Name, [.. before.Recipients.Select(to => to.Address.ToString())], after is null ? null : WaitingView.StateOf(after),
        after is { State: DestinationState.Due } ? after.Next : null));

    /// <summary>Reports that were owed were touched.</summary>
    public void Changed(SpoolId id, IEnumerable<OwedReport> owed) => _changed.Add(new ChangedView(
        id.Text, Ledger.ReportDestination, [.. owed.SelectMany(report => report.Recipients).Select(to => to.Address.ToString()).Distinct()], null, null));

    /// <summary>A message was changed of which no destination is known.</summary>
    public void Changed(SpoolId id) => _changed.Add(new ChangedView(id.Text, null, [], null, null));

    /// <summary>A message, or one destination of it, was left as it is.</summary>
    public void Refuse(SpoolId id, string? destination, string why) =>
        _refusals.Add(destination is null ? $"{id}: {why}" : $"{id} {destination}: {why}");

    /// <summary>All of it.</summary>
    public Answer ToAnswer(IReadOnlyList<string> warnings)
    {
        var report = new QueueChangeReport(action, _changed);
        return _refusals.Count == 0 ? new Answer.Done(report, warnings) : new Answer.Partly(report, _refusals);
    }
}

/// <summary>A destination of a message that was changed.</summary>
/// <param name="Id">The message's spool id.</param>
/// <param name="Destination">The destination; null if the whole message was removed without its ledger being read.</param>
/// <param name="Recipients">Whom it concerns.</param>
/// <param name="State">Its state now, <c>held</c> or <c>due</c>; null if it is gone.</param>
/// <param name="Next">Its next attempt; null where none is planned.</param>
internal sealed record ChangedView(string Id, string? Destination, IReadOnlyList<string> Recipients, string? State, DateTimeOffset? Next);

/// <summary>What a change did.</summary>
/// <param name="Action"><c>retried</c>, <c>held</c>, <c>released</c>, <c>dropped</c> or <c>bounced</c>.</param>
/// <param name="Changed">What was changed; what was that way already is not in it.</param>
internal sealed record QueueChangeReport(string Action, IReadOnlyList<ChangedView> Changed) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.QueueChangeReport);

    public void Print(IAnsiConsole console)
    {
        if (Changed.Count == 0)
            console.PrintLine("Nothing was changed.");
        foreach (var row in Changed)
            console.PrintLine($"{row.Id} {row.Destination ?? "(all)"}: {Action}.");
    }
}
