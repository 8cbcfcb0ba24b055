// Watches a run, and judges what came of it.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Simulation.Engine;
using MailFunctions.Simulation.Scenarios;
using MailFunctions.Simulation.Store;
using MailFunctions.Storage;

namespace MailFunctions.Simulation.Checks;

/// <summary>
/// Holds what was answered 250 against what is in mailboxes, at remote servers and in reports: nothing lost, nothing unexpected, duplicates only where an
/// answer was lost between our final dot and its record (I1 to I7), everything at rest in the end (I8).
/// </summary>
internal sealed class Checker(SimWorld world)
{
    private static readonly string[] QueueNames = ["accepted", "relay", "accepted-poison", "relay-poison"];

    private readonly List<Sent> _sent = [];
    private readonly List<string> _violations = [];
    private readonly Dictionary<(SimProcess, string), string> _seen = [];
    private readonly Dictionary<string, string> _staged = [];
    private readonly HashSet<string> _open = [];
    private readonly HashSet<string> _copies = [];
    private readonly HashSet<(string Token, string Name)> _warnings = [];
    private string? _before;

    /// <summary>What was found against the run.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The messages of the run.</summary>
    public IReadOnlyList<Sent> Messages => _sent;

    /// <summary>How many faults may each have made a copy more at a remote server (I3).</summary>
    public int Uncertainty { get; private set; }

    /// <summary>How many calls went wrong.</summary>
    public int Faults { get; private set; }

    /// <summary>How many messages were committed, and so delivered, whose client never heard 250.</summary>
    public int Recovered { get; private set; }

    /// <summary>Notes what a client will send.</summary>
    public Sent Sends(string token, string sender, string[] recipients, Expected[] expected, int padding = 0) =>
        Sends(new Sent(token, sender, recipients, expected, padding));

    /// <summary>Notes what a client will send.</summary>
    public Sent Sends(Sent sent)
    {
        _sent.Add(sent);
        return sent;
    }

    /// <summary>Notes that something is wrong.</summary>
    public void Report(string violation)
    {
        if (_violations.Count < 20)
            _violations.Add(violation);
        world.Log.Add($"VIOLATION {violation}");
    }

    /// <summary>Notes a fault at a call.</summary>
    public void Fault(FaultKind kind, SimRequest request, SimProcess process)
    {
        Faults++;
        // Calls to queues bring hints again; only what keeps an outcome from being recorded can bring a copy again.
        if (process.IsWorker && (!request.IsQueue || kind is FaultKind.KillAfter or FaultKind.KillBefore))
            Uncertainty++;
    }

    /// <summary>Notes that a remote server will not tell what became of a message.</summary>
    public void Uncertain() => Uncertainty++;

    /// <summary>Sees a call before it takes effect.</summary>
    public void Before(SimRequest request, SimProcess process)
    {
        _before = default;
        if (request.Call == "Put Message" && request.Query.GetValueOrDefault("messagettl") != "-1")
            Report($"I1: a message in {request.Path[0]} would be dropped after a time");
        if (request.Method == "PUT" && request.Path[0] == "ledger" && request.Path.Count > 1)
            _before = world.Store.Blobs.Find("ledger", request.Path[1])?.Tag;
    }

    /// <summary>Sees its answer.</summary>
    public void After(SimRequest request, SimAnswer answer, SimProcess process)
    {
        if (request.Path.Count < 2 || request.IsQueue)
            return;
        var name = request.Path[1];
        switch (request.Path[0])
        {
            case "spool":
                NoteSpooled(request, answer, name);
                break;
            // Once, for ever: also when its owner has deleted it meanwhile.
            case "mailboxes" when answer.Status == 201 && request.Call is "Put Blob" or "Put Block List" && request.Body.Length > 0 && !_copies.Add(name):
                Report($"I2: the copy {name} was written again");
                break;
            case "ledger":
                if (request.Call == "Put Blob" && answer.Status == 201 && _before is { } tag && _seen.GetValueOrDefault((process, name)) != tag)
                    Report($"I7: the ledger {name} was replaced by one who had not seen it");
                if (answer.Headers.GetValueOrDefault("ETag") is { } now && answer.Status is 200 or 201)
                    _seen[(process, name)] = now;
                break;
        }
    }

    /// <summary>Looks at what a dead process leaves behind.</summary>
    public void Killed(SimProcess process) => CheckHints($"after the death of {process.Name}");

    /// <summary>Every message that has a ledger, and is not finished, must have something that will wake it without the sweep.</summary>
    public void CheckHints(string when)
    {
        foreach (var (name, blob) in world.Store.Blobs.In("ledger"))
        {
            var isFinished = world.Store.Blobs.Find("spool", name) is not { Content.Length: > 0 };
            // A report that is owed and whose maker died is left to the sweep.
            var isDue = LedgerJson.Read(blob.Content!).Destinations.Any(row => row.State == DestinationState.Due);
            if (isFinished || !isDue || IsHinted(name))
                continue;
            Report($"I8: nothing leads to the message {name} any more {when}");
        }
    }

    /// <summary>What was taken out of a poison queue must come again, or wait for an operator (F23).</summary>
    public void CheckPoison(string text)
    {
        if (WorkItem.Read(Convert.FromBase64String(text)) is not WorkItemReading.Item(var work))
            return;
        var name = work.Id.Text;
        if (world.Store.Blobs.Find("spool", name) is { Content.Length: > 0 } && world.Store.Blobs.Find("parked", name) is null && !IsHinted(name))
            Report($"F23: the poisoned message {name} was forgotten");
    }

    /// <summary>A POP3 session has a maildrop; without faults, nobody else has.</summary>
    public void Opens(string account)
    {
        if (!_open.Add(account) && Faults == 0)
            Report($"I10: two sessions have the maildrop of {account}");
    }

    /// <summary>A POP3 session has ended.</summary>
    public void Closes(string account) => _open.Remove(account);

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsAtRest => !world.Store.Blobs.In("spool").Any(pair => pair.Blob.Content!.Length > 0) && !world.Store.Blobs.In("ledger").Any()
        && !world.Store.Blobs.In("due").Any() && QueueNames.All(queue => world.Store.Queues.In(queue).Count == 0);

    /// <summary>Judges the run.</summary>
    public void Judge()
    {
        var actual = new ActualMail(world);
        foreach (var sent in _sent)
        {
            // Waits double: what is given up has been tried in the second half of its life, and that try was disturbed.
            if (sent.SpooledAt is { } began)
                sent.MayBeReturned(to => world.Network.WasDisturbed(Setup.ServerFor(to.Split('@')[1]), began + SimWorker.Retry.GiveUpAfter / 2));
            Recovered += Math.Max(0, sent.Spooled.Count - (sent.IsAcknowledged ? 1 : 0));
            foreach (var expected in sent.Expected)
                JudgeOne(sent, expected, actual);
        }
        foreach (var stray in actual.Unexpected(_sent, MayHear))
            Report($"unexpected: {stray}");
        foreach (var pair in world.Store.Blobs.In("parked"))
            Report($"I1: {pair.Name} is parked");
    }

    // The postmaster hears of a report that its own server did not take until it was given up. A report lives half as long as a message, and may begin with it.
    private bool MayHear(Sent sent, string recipient) => recipient.Equals(sent.ReportsTo, StringComparison.Ordinal)
        || (recipient == Scenario.Carol && sent.ReportsTo == Scenario.Stranger && sent.SpooledAt is { } began
            && world.Network.WasDisturbed(Setup.ServerFor(Scenario.Stranger.Split('@')[1]), began + SimWorker.Retry.GiveUpAfter / 4));

    private bool IsHinted(string name) => world.Store.Blobs.In("due").Any(due => due.Name.Contains(name, StringComparison.Ordinal))
        || QueueNames.SelectMany(world.Store.Queues.In)
            .Any(message => Encoding.ASCII.GetString(Convert.FromBase64String(message.Text)).Contains(name, StringComparison.Ordinal));

    private void JudgeOne(Sent sent, Expected expected, ActualMail actual)
    {
        var copies = actual.Count(sent.Token, expected);
        if (sent.IsAcknowledged && copies == 0 && expected.Fate != Fate.Either)
            Report($"lost: {sent.Token} for {expected.Recipient} ({expected.Fate})");
        var allowed = expected.Fate is Fate.Remote or Fate.Anything ? sent.Spooled.Count + Uncertainty : sent.Spooled.Count;
        if (expected.Fate is not (Fate.Failed or Fate.Told) && copies > allowed)
            Report($"duplicated: {copies} of {sent.Token} for {expected.Recipient} ({expected.Fate}), {allowed} allowed");
        // Where no report can be given to the sender, who gets them hears of each that could not: of a warning as well as of the failure.
        var warnings = sent.ReportsTo == sent.Sender ? 0 : _warnings.Count(warning => warning.Token == sent.Token);
        JudgeReports(sent, expected.Recipient, "failed", sent.Spooled.Count + warnings, actual);
        JudgeReports(sent, expected.Recipient, "delivered", sent.Spooled.Count, actual);
        JudgeReports(sent, expected.Recipient, "delayed", sent.Spooled.Count, actual);
    }

    // Each has a name of its own; a report that goes elsewhere may come there twice under it, like any other mail.
    private void JudgeReports(Sent sent, string recipient, string action, int allowed, ActualMail actual)
    {
        var names = actual.Reports(sent.Token, recipient, action);
        var different = names.Distinct().Count();
        if (different > allowed)
            Report($"I6: {different} reports that {sent.Token} was {action} for {recipient}, {allowed} allowed");
        if (names.Count > different + (sent.ReportsTo == Scenario.Stranger ? Uncertainty : 0))
            Report($"duplicated: {names.Count} copies of {different} reports that {sent.Token} was {action} for {recipient}");
    }

    private void NoteSpooled(SimRequest request, SimAnswer answer, string name)
    {
        if (answer.Status != 201)
            return;
        if (request.Call is "Put Blob" or "Put Block")
        {
            var token = _sent.FirstOrDefault(sent => request.Body.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"X-Token: {sent.Token}\r\n")) >= 0)?.Token;
            var isReport = request.Body.AsSpan().IndexOf("multipart/report"u8) >= 0;
            if (isReport && token is not null && request.Body.AsSpan().IndexOf("Action: delayed"u8) >= 0)
                _warnings.Add((token, name));
            if (isReport)
                return;
            if (token is not null)
                _staged[name] = token;
        }
        if (request.Call is "Put Blob" or "Put Block List" && _staged.TryGetValue(name, out var known))
        {
            var sent = _sent.First(sent => sent.Token == known);
            sent.SpooledAt ??= world.Time.GetUtcNow();
            sent.Spooled.Add(name);
        }
    }
}
