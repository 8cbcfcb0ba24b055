// The simulated storage account: blobs and queues in memory, spoken to in the service's own wire form.
namespace MailFunctions.Simulation.Store;

/// <summary>Whose ways the store has where the two differ.</summary>
internal enum Dialect
{
    /// <summary>The service: blocks that were staged and never committed are no blob.</summary>
    Azure,

    /// <summary>Azurite: a blob of which only blocks exist is in the way of a conditional Put Blob, can be deleted, and leaves its blocks behind.</summary>
    Azurite,
}

/// <summary>The account. It answers one call at a time and holds no threads, timers or chance; time is told by the clock that it is given.</summary>
internal sealed class SimStore(TimeProvider clock, Dialect dialect)
{
    /// <summary>The containers and their blobs.</summary>
    public SimBlobs Blobs { get; } = new(clock, dialect);

    /// <summary>The queues.</summary>
    public SimQueues Queues { get; } = new(clock);

    /// <summary>Does what is asked and gives the answer that the service would give.</summary>
    public SimAnswer Handle(SimRequest request)
    {
        SimAnswer answer;
        try
        {
            answer = request.IsQueue ? Queues.Handle(request) : Blobs.Handle(request);
        }
        catch (SimRefusal refusal)
        {
            answer = refusal.Answer;
        }
        return answer.With("Date", SimAnswer.Print(clock.GetUtcNow())).With("x-ms-version", "2023-08-03").With("x-ms-request-id", "sim");
    }
}
