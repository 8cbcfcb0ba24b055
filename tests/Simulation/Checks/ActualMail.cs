// What is in mailboxes and at remote servers at the end of a run.
using System.Text;
using MailFunctions.Simulation.Engine;
using MailFunctions.Storage;

namespace MailFunctions.Simulation.Checks;

/// <summary>All copies and reports, read off the storage account and the remote servers.</summary>
internal sealed class ActualMail
{
    private readonly List<Copy> _copies = [];

    private sealed record Copy(Fate Fate, string Recipient, string Text, bool IsReport);

    public ActualMail(SimWorld world)
    {
        foreach (var (name, blob) in world.Store.Blobs.In("mailboxes"))
        {
            if (blob.Content!.Length > 0 && BlobNames.TryParseMailboxCopy(name, out var account, out _))
                Add(Fate.Mailbox, account.ToString()!, blob.Content);
        }
        foreach (var (_, message) in world.Network.Taken)
        {
            foreach (var recipient in message.Recipients)
                Add(Fate.Remote, recipient.Split('<', '>')[1], message.Content);
        }
    }

    /// <summary>How many copies, or failure reports, there are.</summary>
    public int Count(string token, Expected expected) => expected.Fate switch
    {
        Fate.Failed => _copies.Count(copy => IsReport(copy, token, expected.Recipient, "failed")),
        Fate.Told => _copies.Count(copy => IsReport(copy, token, expected.Recipient, "delivered")),
        Fate.Anything => Count(token, new Expected(Fate.Failed, expected.Recipient)) + Count(token, new Expected(Fate.Remote, expected.Recipient)),
        Fate.Either => _copies.Count(copy => Is(copy, token, Fate.Mailbox, expected.Recipient)),
        _ => _copies.Count(copy => Is(copy, token, expected.Fate, expected.Recipient)),
    };

    /// <summary>The names of all reports of a kind, as often as they came.</summary>
    public IReadOnlyList<string> Reports(string token, string recipient, string action) =>
        [.. _copies.Where(copy => IsReport(copy, token, recipient, action)).Select(NameOf)];

    /// <summary>All that nobody sent, that nobody was to get, or that is not what was sent.</summary>
    /// <param name="all">What was sent.</param>
    /// <param name="mayHear">Whether an address may get reports about a message.</param>
    public IEnumerable<string> Unexpected(IReadOnlyList<Sent> all, Func<Sent, string, bool> mayHear)
    {
        foreach (var copy in _copies)
        {
            var sent = all.FirstOrDefault(sent => copy.Text.Contains($"X-Token: {sent.Token}\r\n", StringComparison.Ordinal));
            if (sent is null || sent.Attempts == 0)
                yield return $"mail that nobody sent, for {copy.Recipient}";
            else if (copy.IsReport)
            {
                var isFailure = copy.Text.Contains("Action: failed", StringComparison.Ordinal);
                var failing = sent.Expected.Where(expected => expected.Fate is Fate.Failed or Fate.Anything);
                if (isFailure && !failing.Any(expected => IsReport(copy, sent.Token, expected.Recipient, "failed")))
                    yield return $"a failure report of {sent.Token} to {copy.Recipient}";
                if (!mayHear(sent, copy.Recipient))
                    yield return $"a report of {sent.Token} to {copy.Recipient}, who did not send it";
            }
            else if (!sent.Expected.Any(expected => expected.Recipient == copy.Recipient && Fits(expected.Fate, copy.Fate)))
                yield return $"{sent.Token} for {copy.Recipient} ({copy.Fate})";
            else if (!copy.Text.EndsWith(sent.Content, StringComparison.Ordinal))
                yield return $"I5: other content of {sent.Token} for {copy.Recipient}";
        }
    }

    private void Add(Fate fate, string recipient, byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        _copies.Add(new Copy(fate, recipient, text, text.Contains("multipart/report", StringComparison.Ordinal)));
    }

    private static string NameOf(Copy report)
    {
        const string Field = "\r\nMessage-ID: ";
        var start = report.Text.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        return report.Text[start..report.Text.IndexOf("\r\n", start, StringComparison.Ordinal)];
    }

    private static bool Fits(Fate expected, Fate actual) => expected == actual
        || (expected == Fate.Either && actual == Fate.Mailbox) || (expected == Fate.Anything && actual == Fate.Remote);

    private static bool Is(Copy copy, string token, Fate fate, string recipient) =>
        !copy.IsReport && copy.Fate == fate && copy.Recipient == recipient && copy.Text.Contains($"X-Token: {token}\r\n", StringComparison.Ordinal);

    private static bool IsReport(Copy copy, string token, string recipient, string action) => copy.IsReport
        && copy.Text.Contains($"X-Token: {token}\r\n", StringComparison.Ordinal) && copy.Text.Contains($"Action: {action}", StringComparison.OrdinalIgnoreCase)
        && copy.Text.Contains(recipient, StringComparison.OrdinalIgnoreCase);
}
