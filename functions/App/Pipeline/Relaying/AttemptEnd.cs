// How an attempt ended.
using MailFunctions.Mail;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>How an attempt ended.</summary>
internal abstract record AttemptEnd
{
    private AttemptEnd()
    {
    }

    /// <summary>As far as it came; every outcome that is final is recorded.</summary>
    /// <param name="Deferred">The outcomes of those who are to be tried again, as far as something was answered about them.</param>
    /// <param name="OfAll">What stands in the way of all of them; null if it is about recipients alone.</param>
    /// <param name="Site">What it says about the site as a whole.</param>
    /// <param name="Farewell">Ends, and never fails, when the last session has been closed; nothing depends on it.</param>
    public sealed record Ended(IReadOnlyDictionary<EmailAddress, Outcome> Deferred, Outcome? OfAll, SiteHealth Site, Task Farewell) : AttemptEnd
    {
        /// <summary>The end of an attempt that did not come to a session.</summary>
        public static Ended WithoutSession(Outcome? ofAll) => new(new Dictionary<EmailAddress, Outcome>(), ofAll, SiteHealth.Unknown, Task.CompletedTask);
    }

    /// <summary>Another worker has the destination: nothing more is to be recorded.</summary>
    public sealed record ClaimLost : AttemptEnd;

    /// <summary>There is no message any more: all its recipients are finished.</summary>
    public sealed record Gone : AttemptEnd;

    /// <summary>The message is not what was committed.</summary>
    public sealed record Damaged(string Reason) : AttemptEnd;

    /// <summary>Another version of this program wrote the message.</summary>
    public sealed record UnknownVersion(int Version) : AttemptEnd;
}

/// <summary>What an attempt learned about a site.</summary>
internal enum SiteHealth
{
    /// <summary>Nothing: it did not come to a connection being tried.</summary>
    Unknown,

    /// <summary>It answered.</summary>
    Answers,

    /// <summary>Every host that was tried failed as a whole.</summary>
    Down,
}
