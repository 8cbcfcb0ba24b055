// Whether a mailbox takes more, which is asked before a message for it is taken over.
using System.Collections.Concurrent;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// Compares what a mailbox holds with the quota of its account, or with <see cref="LimitOptions.MailboxBytes"/> where it has none of its own. What it
/// holds is listed, at most once a minute and only for accounts that have a quota; so a burst may go beyond it, and what is stored is never refused later.
/// </summary>
internal sealed class MailboxQuota(IDirectory directory, IMailboxStore mailboxes, GatewayOptions options, TimeProvider time)
{
    private const int Capacity = 4_096;
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<EmailAddress, Usage> _usages = new();

    private readonly record struct Usage(long Octets, long AskedAt);

    /// <summary>
    /// Whether a message finds no room in any of the mailboxes that an address stands for. One of several that is full does not keep it from the others.
    /// </summary>
    /// <param name="recipients">The final targets of one address; those elsewhere always have room.</param>
    /// <param name="size">The octets that the client declared, or 0.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="StoreUnavailableException">The directory or a mailbox cannot be read.</exception>
    public async ValueTask<bool> IsExhaustedAsync(IReadOnlyList<Recipient> recipients, long size, CancellationToken cancellationToken)
    {
        foreach (var recipient in recipients)
        {
            if (!recipient.IsLocal || !await IsFullAsync(recipient.Target.Canonical, size, cancellationToken))
                return false;
        }
        return recipients.Count > 0;
    }

    private async ValueTask<bool> IsFullAsync(EmailAddress address, long size, CancellationToken cancellationToken)
    {
        var own = (await directory.FindAccountAsync(address, cancellationToken))?.Quota; // the resolver has just asked for it: no call
        var quota = own ?? options.Limits.MailboxBytes;
        if (quota == 0)
            return false;
        var used = await UsedAsync(address, cancellationToken);
        return used >= quota || size > quota - used;
    }

    private async ValueTask<long> UsedAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        if (_usages.TryGetValue(address, out var known) && time.GetElapsedTime(known.AskedAt) < Freshness)
            return known.Octets;
        var askedAt = time.GetTimestamp();
        var octets = 0L;
        await foreach (var entry in mailboxes.ListAsync(address, cancellationToken))
            octets += entry.Length;
        if (_usages.Count >= Capacity)
        {
            foreach (var (old, usage) in _usages)
            {
                if (time.GetElapsedTime(usage.AskedAt) >= Freshness || _usages.Count >= Capacity)
                    _usages.TryRemove(old, out _);
            }
        }
        _usages[address] = new Usage(octets, askedAt);
        return octets;
    }
}
