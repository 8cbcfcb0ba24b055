// What the embedded Functions host logs; event ids 1-59 are its own.
namespace MailFunctions.Local.Host;

/// <summary>The log lines of the embedded Functions host. Never a queue message's text: only its id.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "Host started: {Queues} queues, {Timers} timers, {Routes} routes")]
    public static partial void HostStarted(this ILogger log, int queues, int timers, int routes);

    [LoggerMessage(2, LogLevel.Error, "Host stops: the worker failed {Errors} times within half an hour of each other. It starts itself anew")]
    public static partial void HostStops(this ILogger log, int errors);

    [LoggerMessage(10, LogLevel.Information, "Worker {Pid} answers on port {Port}")]
    public static partial void WorkerAnswers(this ILogger log, int pid, int port);

    [LoggerMessage(11, LogLevel.Warning, "Worker {Pid} ended with exit code {ExitCode}; it is started anew")]
    public static partial void WorkerEnded(this ILogger log, int pid, int exitCode);

    [LoggerMessage(12, LogLevel.Error, "Worker {Pid} did not answer within {Limit}; it is killed and started anew")]
    public static partial void WorkerSilent(this ILogger log, int pid, TimeSpan limit);

    [LoggerMessage(13, LogLevel.Error, "The worker could not be started: {Reason}")]
    public static partial void WorkerNotStarted(this ILogger log, string reason);

    [LoggerMessage(20, LogLevel.Debug, "{Function} {InvocationId} succeeded")]
    public static partial void Succeeded(this ILogger log, string function, Guid invocationId);

    [LoggerMessage(21, LogLevel.Error, "{Function} {InvocationId} failed: {Reason}")]
    public static partial void Failed(this ILogger log, string function, Guid invocationId, string reason);

    [LoggerMessage(22, LogLevel.Error,
        "{Function} {InvocationId} answered without a body, or with null: the Functions host never ends such an invocation; it hangs until functionTimeout")]
    public static partial void Hangs(this ILogger log, string function, Guid invocationId);

    [LoggerMessage(23, LogLevel.Error, "{Function} {InvocationId} ran over functionTimeout {Limit}; the worker is killed and started anew")]
    public static partial void FunctionTimedOut(this ILogger log, string function, Guid invocationId, TimeSpan limit);

    [LoggerMessage(24, LogLevel.Warning, "{Function} {InvocationId} met no worker, or one that died; this does not count as an attempt")]
    public static partial void WorkerGone(this ILogger log, string function, Guid invocationId);

    [LoggerMessage(25, LogLevel.Information, "{Function} {InvocationId}: {Line}")]
    public static partial void FunctionSaid(this ILogger log, string function, Guid invocationId, string line);

    [LoggerMessage(30, LogLevel.Warning, "{Queue}: message {MessageId} goes to {Poison} after {Attempts} attempts")]
    public static partial void Poisoned(this ILogger log, string queue, string messageId, string poison, long attempts);

    [LoggerMessage(31, LogLevel.Error, "{Queue}: storage trouble {Status} {Code}; trying on")]
    public static partial void QueueTrouble(this ILogger log, string queue, int status, string? code);

    [LoggerMessage(32, LogLevel.Warning, "{Queue}: message {MessageId} was taken over by another worker")]
    public static partial void TakenOver(this ILogger log, string queue, string messageId);

    [LoggerMessage(33, LogLevel.Error, "{Queue}: message {MessageId} is not base64")]
    public static partial void Undecodable(this ILogger log, string queue, string messageId);

    [LoggerMessage(34, LogLevel.Warning, "{Queue}: message {MessageId} failed more often than allowed, and a poison queue has no poison queue: it lies hidden, uncalled")]
    public static partial void Stranded(this ILogger log, string queue, string messageId);

    [LoggerMessage(40, LogLevel.Information, "{Function} runs next at {Next:u}")]
    public static partial void TimerScheduled(this ILogger log, string function, DateTimeOffset next);

    [LoggerMessage(41, LogLevel.Information, "{Function} is past due since {Since:u} and runs now")]
    public static partial void TimerPastDue(this ILogger log, string function, DateTimeOffset since);

    [LoggerMessage(42, LogLevel.Warning, "{Function}: the lease that makes it run in one host only is lost")]
    public static partial void TimerLeaseLost(this ILogger log, string function);

    [LoggerMessage(43, LogLevel.Error, "{Function}: storage trouble {Status} {Code}; trying on")]
    public static partial void TimerTrouble(this ILogger log, string function, int status, string? code);

    [LoggerMessage(50, LogLevel.Debug, "{Method} {Path}: the worker gave no answer: {Reason}")]
    public static partial void ForwardFailed(this ILogger log, string method, string path, string reason);
}
