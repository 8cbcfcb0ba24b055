// Which accounts have logged in from where.
using System.Net;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>
/// Clients that knew an account's password not long ago, by the memory of this process. At most <see cref="Capacity"/> pairs: the oldest go first.
/// Not thread-safe: its owner locks.
/// </summary>
internal sealed class KnownClients(TimeProvider time)
{
    /// <summary>The most pairs of account and client.</summary>
    public const int Capacity = 16_384;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly Dictionary<(EmailAddress Account, IPAddress? Client), long> _seen = [];

    /// <summary>Whether an account has logged in from a client. A hidden client is known as hidden.</summary>
    public bool Contains(EmailAddress account, IPAddress? client) =>
        _seen.TryGetValue((account, client), out var at) && time.GetElapsedTime(at) < Lifetime;

    /// <summary>Remembers a login.</summary>
    public void Add(EmailAddress account, IPAddress? client)
    {
        if (_seen.Count >= Capacity && !_seen.ContainsKey((account, client)))
        {
            foreach (var (pair, _) in _seen.OrderBy(pair => pair.Value).Take(Capacity / 4).ToList())
                _seen.Remove(pair);
        }
        _seen[(account, client)] = time.GetTimestamp();
    }
}
