// The destinations that are down as a whole.
namespace MailFunctions.Mail.Stores;

/// <summary>
/// Open breakers, changed only by compare-and-swap, so that of several workers who want to probe a destination one does. Every method throws
/// <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
public interface IDestinations
{
    /// <summary>All open breakers, without reading any; one call a page of 5,000, and one in all where none is open.</summary>
    IAsyncEnumerable<OpenBreaker> ListAsync(CancellationToken cancellationToken);

    /// <summary>Opens a breaker, or keeps one open for longer.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="until">Until when nothing is to be tried, UTC by the storage service's clock.</param>
    /// <param name="failures">How often in a row the site has failed.</param>
    /// <param name="seen">The tag of the breaker as it was seen, or null to open it only if there is none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The tag of the new state, or null if another worker has opened, changed or closed it meanwhile.</returns>
    Task<string?> OpenAsync(string destination, DateTimeOffset until, int failures, string? seen, CancellationToken cancellationToken);

    /// <summary>Becomes the one who finds out whether the site is back, and keeps the others away meanwhile.</summary>
    /// <param name="breaker">The breaker as it was seen.</param>
    /// <param name="until">Until when the others wait, UTC by the storage service's clock.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The tag of the new state, or null if another worker has changed or closed it meanwhile.</returns>
    Task<string?> ProbeAsync(OpenBreaker breaker, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Closes a breaker. It is no error if it is closed already.</summary>
    Task CloseAsync(string destination, CancellationToken cancellationToken);
}

/// <summary>A destination of which the whole site failed.</summary>
/// <param name="Destination">The destination's name, as in the ledger.</param>
/// <param name="Until">Nothing is tried before this time, UTC by the storage service's clock; then one worker probes.</param>
/// <param name="Failures">How often in a row the site has failed.</param>
/// <param name="Tag">Names this state for a compare-and-swap.</param>
public sealed record OpenBreaker(string Destination, DateTimeOffset Until, int Failures, string Tag)
{
    /// <summary>Whether one worker is finding out whether the site is back, so that what is known of it is about to change.</summary>
    public bool IsProbed { get; init; }
}
