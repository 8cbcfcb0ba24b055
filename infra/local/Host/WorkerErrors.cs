// Counts the worker's failures towards the point where the Functions host gives up.
namespace MailFunctions.Local.Host;

/// <summary>
/// The platform's rule: the third failure stops the host, unless half an hour passed between two of them, which begins the count anew.
/// </summary>
/// <param name="limit">The failure that stops the host.</param>
internal sealed class WorkerErrors(int limit)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    private DateTimeOffset _last;

    /// <summary>How many count now.</summary>
    public int Count { get; private set; }

    /// <summary>Counts one more.</summary>
    /// <returns>Whether the host must stop.</returns>
    public bool Add(DateTimeOffset now)
    {
        if (Count > 0 && now - _last > Memory)
            Count = 0;
        _last = now;
        return ++Count >= limit;
    }
}
