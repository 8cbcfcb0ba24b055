// A message that a simulated client sends, and what is to become of it.
using System.Text;

namespace MailFunctions.Simulation.Checks;

/// <summary>Where a recipient's copy is to end.</summary>
internal enum Fate
{
    /// <summary>In a mailbox.</summary>
    Mailbox,

    /// <summary>At a remote server.</summary>
    Remote,

    /// <summary>In a failure report to the sender.</summary>
    Failed,

    /// <summary>In a mailbox until its owner deletes it; gone or there.</summary>
    Either,

    /// <summary>At a remote server or in a failure report: the server's answers differ from session to session.</summary>
    Anything,

    /// <summary>In a report of success to the sender, who has asked for one.</summary>
    Told,
}

/// <summary>What is to become of a message for one final recipient.</summary>
internal sealed record Expected(Fate Fate, string Recipient);

/// <summary>A message; its token is in its header and so in everything that is made of it.</summary>
internal sealed class Sent(string token, string sender, IReadOnlyList<string> recipients, IReadOnlyList<Expected> expected, int padding)
{
    /// <summary>Its name.</summary>
    public string Token => token;

    /// <summary>The reverse-path.</summary>
    public string Sender { get; } = sender;

    /// <summary>The recipients as the client gives them.</summary>
    public IReadOnlyList<string> Recipients => recipients;

    /// <summary>What is to become of it.</summary>
    public IReadOnlyList<Expected> Expected { get; private set; } = expected;

    /// <summary>When it was first in the spool.</summary>
    public DateTimeOffset? SpooledAt { get; set; }

    /// <summary>Those with whose server it went wrong for so long may have been given up, and returned.</summary>
    public void MayBeReturned(Func<string, bool> isWrong) =>
        Expected = [.. Expected.Select(one => one.Fate == Fate.Remote && isWrong(one.Recipient) ? one with { Fate = Fate.Anything } : one)];

    /// <summary>Who gets the reports about it, where that is not the sender.</summary>
    public string ReportsTo { get; init; } = sender;

    /// <summary>What the client adds to each RCPT.</summary>
    public string RecipientParameters { get; init; } = "";

    /// <summary>Whether the content is sent by BDAT, in chunks.</summary>
    public bool IsChunked { get; init; }

    /// <summary>Whether it may be refused for good, and is then not sent again.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>The content.</summary>
    public string Content { get; } = Write(token, sender, padding);

    /// <summary>How often its end was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>How often it was committed to the spool.</summary>
    public HashSet<string> Spooled { get; } = [];

    /// <summary>Whether 250 was told.</summary>
    public bool IsAcknowledged { get; set; }

    private static string Write(string token, string sender, int padding)
    {
        var content = new StringBuilder($"X-Token: {token}\r\nSubject: x\r\nFrom: <{sender}>\r\n\r\none\r\n", padding + 200);
        return content.Insert(content.Length, new string('p', 998) + "\r\n", padding / 1_000).Append("end\r\n").ToString();
    }
}
