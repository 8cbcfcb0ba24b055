// How a call of the worker ended.
namespace MailFunctions.Local.Host;

/// <summary>How an invocation ended.</summary>
internal enum InvocationOutcome
{
    /// <summary>The worker answered 2xx with a JSON object.</summary>
    Succeeded,

    /// <summary>The worker answered otherwise, broke the connection while alive, or ran over functionTimeout.</summary>
    Failed,

    /// <summary>There was no worker to call, or it died before it answered: no fault of the invocation, so it does not count as an attempt.</summary>
    WorkerGone,
}
