// Carries a question to a server.
using System.Net;

namespace MailFunctions.Dns;

/// <summary>A way to servers. A simulation puts its own in place of the network.</summary>
public interface IDnsTransport
{
    /// <summary>Puts a question to a server and waits for the response to it, at most for <paramref name="patience"/>.</summary>
    /// <returns>What came of it; trouble of the network is a value.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<Exchange> AskAsync(IPEndPoint server, Query query, TimeSpan patience, CancellationToken cancellationToken);
}
