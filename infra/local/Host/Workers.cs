// What calls of the worker need to know of it.
namespace MailFunctions.Local.Host;

/// <summary>One life of the worker.</summary>
/// <param name="Address">Where it answers: <c>http://127.0.0.1:port/</c>.</param>
/// <param name="Died">Ends when it has ended.</param>
internal sealed record WorkerLife(Uri Address, Task Died);

/// <summary>The worker, which may die and be started anew at any moment.</summary>
internal interface IWorkers
{
    /// <summary>Waits until a worker answers, and names it.</summary>
    /// <exception cref="OperationCanceledException">There is none and there will be none, or the caller gave up.</exception>
    Task<WorkerLife> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Kills the worker if it still lives this life; another takes its place.</summary>
    void Replace(WorkerLife life);
}
