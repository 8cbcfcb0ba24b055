// Where every hop of a message is noted.
using MailFunctions.Mail.Traces;

namespace MailFunctions.Mail.Stores;

/// <summary>Takes entries of the trace. Noting one costs next to nothing, never waits and never fails: mail is more important than what is told of it.</summary>
public interface ITrace
{
    /// <summary>Notes what happened; it is kept within seconds, or lost if the process dies before.</summary>
    void Note(TraceEntry entry);
}

/// <summary>Keeps nothing.</summary>
public sealed class NoTrace : ITrace
{
    /// <inheritdoc/>
    public void Note(TraceEntry entry)
    {
    }
}
