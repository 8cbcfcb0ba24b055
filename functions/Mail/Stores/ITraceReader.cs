// Where what was noted is read again.
using MailFunctions.Mail.Traces;

namespace MailFunctions.Mail.Stores;

/// <summary>Reads the trace.</summary>
public interface ITraceReader
{
    /// <summary>Goes through all that was noted between two times. Entries come in no order of time.</summary>
    /// <param name="from">The first time, UTC.</param>
    /// <param name="to">The last time, UTC.</param>
    /// <param name="kind">Only entries of this kind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    IAsyncEnumerable<TraceEntry> ReadAsync(DateTimeOffset from, DateTimeOffset to, TraceKind kind, CancellationToken cancellationToken);
}
