// Who may make us hash a password now.
using System.Net;

namespace MailFunctions.Gateway.Logins;

/// <summary>
/// Token buckets before any hashing: for each client, for each network, and for all. A client that has used up its own takes nothing from the others,
/// and the last quarter of what all share is kept for logins from where the account has logged in before.
/// </summary>
internal sealed class HashingAllowance
{
    private const int Capacity = 16_384;
    private const int HashesPerSecondAndCore = 40;

    private readonly Lock _lock = new();
    private readonly double _burst;
    private readonly LeakyCounts<IPAddress> _byCustomer;
    private readonly LeakyCounts<IPAddress> _bySite;
    private readonly LeakyCounts<int> _all;

    /// <summary>Makes the buckets for as many cores as may hash.</summary>
    public HashingAllowance(int cores, TimeProvider time)
    {
        var perSecond = HashesPerSecondAndCore * cores;
        _burst = 4 * perSecond;
        _all = new(TimeSpan.FromSeconds(1.0 / perSecond), 1, time);
        _bySite = new(TimeSpan.FromSeconds(2.0 / perSecond), Capacity, time);
        _byCustomer = new(TimeSpan.FromSeconds(4.0 / perSecond), Capacity, time);
    }

    /// <summary>Takes a token of each bucket that the attempt counts in.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="isKnown">Whether the account has logged in from there before.</param>
    /// <returns>False if one of them is empty; then nothing was taken.</returns>
    public bool TryTake(LoginAttempt attempt, bool isKnown)
    {
        lock (_lock)
        {
            if ((attempt.Customer is { } client && _byCustomer.Level(client) + 1 > _burst / 2)
                || (attempt.Site is { } network && _bySite.Level(network) + 1 > _burst * 3 / 4)
                || _all.Level(0) + 1 > (isKnown ? _burst : _burst * 3 / 4))
                return false;
            if (attempt.Customer is { } counted)
                _byCustomer.Add(counted);
            if (attempt.Site is { } site)
                _bySite.Add(site);
            _all.Add(0);
            return true;
        }
    }
}
