// The one exception by which storage says: not now.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Storage could not be reached or did not answer in time, after the retries that are worth making. Whether a write took effect is not known; every
/// write of ours may be repeated. Before the commit of a message it means 451, in a function it means: fail, and be called again.
/// </summary>
public sealed class StoreUnavailableException : IOException
{
    /// <summary>Says what was attempted and what came back last.</summary>
    public StoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
