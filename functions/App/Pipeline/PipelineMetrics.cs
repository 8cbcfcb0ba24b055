// What the pipeline counts for whoever watches it.
using System.Diagnostics.Metrics;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// The instruments of the meter <see cref="MeterName"/>. They are the process's, as the runtime means instruments to be, and hold no state of ours. No tag
/// names an address or a domain: what is counted per domain grows without bound.
/// </summary>
internal static class PipelineMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailFunctions.Functions";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<int> RoutedCount = Counter("routed", "{message}", "Messages whose local copies are stored");
    private static readonly Counter<int> DeliveredCount = Counter("delivered", "{copy}", "Copies stored in mailboxes");
    private static readonly Counter<int> RelayedCount = Counter("relayed", "{recipient}", "Recipients for whom another server has taken a message");
    private static readonly Counter<int> DeferredCount = Counter("deferred", "{recipient}", "Recipients who are to be tried again, at each attempt");
    private static readonly Counter<int> BouncedCount = Counter("bounced", "{recipient}", "Recipients who have failed for good");
    private static readonly Counter<int> ParkedCount = Counter("parked", "{message}", "Messages and queue texts that wait for an operator");
    private static readonly Counter<int> IdleCount = Counter("idle", "{message}", "Messages that the sweep found idle and enqueued");
    private static readonly Gauge<int> DueCount = Meter.CreateGauge<int>("mailfunctions.pipeline.due", "{entry}", "What the last tick found due and enqueued");
    private static readonly Histogram<double> RetryAge = Meter.CreateHistogram<double>(
        "mailfunctions.pipeline.retry_age", "s", "Age of a message when an attempt ends that leaves recipients");

    /// <summary>The local copies of a message are stored.</summary>
    public static void Routed() => RoutedCount.Add(1);

    /// <summary>A copy is stored.</summary>
    public static void Delivered() => DeliveredCount.Add(1);

    /// <summary>An attempt has ended for a recipient in a way that is final.</summary>
    public static void Concluded(Outcome outcome)
    {
        if (outcome is Outcome.Delivered)
            RelayedCount.Add(1);
        else if (outcome is Outcome.Failed)
            Bounced("refused", 1);
    }

    /// <summary>Recipients have failed for good.</summary>
    /// <param name="reason"><c>refused</c>, <c>unroutable</c> or <c>expired</c>.</param>
    /// <param name="recipients">How many.</param>
    public static void Bounced(string reason, int recipients) => BouncedCount.Add(recipients, Tag("reason", reason));

    /// <summary>Recipients are left at the end of an attempt, and wait.</summary>
    public static void Deferred(int recipients, TimeSpan age)
    {
        DeferredCount.Add(recipients);
        RetryAge.Record(age.TotalSeconds);
    }

    /// <summary>Something waits for an operator.</summary>
    /// <param name="what"><c>message</c> or <c>text</c>.</param>
    public static void Parked(string what) => ParkedCount.Add(1, Tag("what", what));

    /// <summary>The sweep has enqueued an idle message.</summary>
    public static void Idle(WorkQueue queue) => IdleCount.Add(1, Tag("queue", queue == WorkQueue.Accepted ? "accepted" : "relay"));

    /// <summary>A tick of the retry timer has ended.</summary>
    public static void Due(int entries) => DueCount.Record(entries);

    private static Counter<int> Counter(string name, string unit, string description) =>
        Meter.CreateCounter<int>($"mailfunctions.pipeline.{name}", unit, description);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
