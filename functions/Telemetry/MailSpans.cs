// The spans of both programs, and how one continues in the other.
using System.Diagnostics;

namespace MailFunctions.Telemetry;

/// <summary>
/// Makes spans. Where nobody listens to <see cref="SourceName"/> none is made, and what is given back is null. What goes into them: ids, domains, hosts,
/// codes; never an address, a text of a message, or what a peer said in words.
/// </summary>
public static class MailSpans
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "MailFunctions";

    // No state of ours: the runtime wants one source per name in a process.
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The W3C trace context of the span that runs here, or null if it is none of ours.</summary>
    public static string? Traceparent => Activity.Current is { } current && current.Source == Source ? current.Id : null;

    /// <summary>Begins a span under the one that runs here; none if that is none of ours.</summary>
    public static Activity? StartChild(string name, ActivityKind kind) => Traceparent is null ? null : Source.StartActivity(name, kind);

    /// <summary>
    /// Begins a span under one of another process. What is missing or malformed, as anybody's queue text may be, makes it the first of its trace.
    /// </summary>
    /// <param name="traceparent">The other span's W3C trace context (https://www.w3.org/TR/trace-context/), or null.</param>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    public static Activity? Start(string? traceparent, string name, ActivityKind kind)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null; // the server's own activity, which nobody records: under it nothing would be recorded either
        return Source.StartActivity(name, kind, Parse(traceparent) ?? default);
    }

    /// <summary>Says that the span that runs here follows from another one, hours ago perhaps.</summary>
    public static void LinkTo(string? traceparent)
    {
        if (Traceparent is not null && Parse(traceparent) is { } context)
            Activity.Current!.AddLink(new ActivityLink(context));
    }

    /// <summary>Notes in a span that its work ended by an exception: of which type, and nothing that the exception says.</summary>
    public static void Fail(this Activity span, Exception error)
    {
        span.SetTag("error.type", error.GetType().FullName);
        span.SetStatus(ActivityStatusCode.Error);
    }

    private static ActivityContext? Parse(string? traceparent) =>
        traceparent is { Length: 55 } && traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-' // which the runtime does not look at
        && ActivityContext.TryParse(traceparent, null, isRemote: true, out var context) ? context : null;
}
