// mailctl cost
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Mail.Traces;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Traces;

/// <summary>Adds up what the programs have metered, and shares it out among messages and domains.</summary>
internal sealed class CostShow : Verb
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    private readonly TimeProvider _time;
    private readonly Period _period;
    private readonly Option<string?> _prices = new("--prices") 
    {
        Description = "A file of prices to reckon with, in the form of infra/mailctl/Traces/prices.json.", HelpName = "FILE",
    };

    public CostShow(TimeProvider time)
        : base(
            "cost",
            "Shows what storage was asked and what that costs, in all, per message and per domain. Counted are the requests of gateway and function app; the Functions "
                + "host's own looks at its queues, computing and stored octets are not.",
            "mailctl cost --since 7d")
    {
        _time = time;
        _period = new Period(this);
        Add(_prices);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var prices = PriceList.Default();
        if (arguments.GetValue(_prices) is { } file)
        {
            if (!PriceList.TryRead(file, out var read, out var fault))
                return new Answer.Misused(fault);
            prices = read;
        }
        var now = _time.GetUtcNow();
        var (from, to) = _period.Of(arguments, now, now - Usual);
        if (from > to)
            return new Answer.Misused("--since is later than --until.");

        var tally = new CostTally();
        await foreach (var entry in stores.Trace.ReadAsync(from, to, [], cancellationToken))
            tally.Add(entry);
        return new Answer.Done(tally.ToReport(from, to, prices));
    }
}

/// <summary>Adds entries up.</summary>
internal sealed class CostTally
{
    private readonly Dictionary<string, (long Delivered, long Sent, long Octets)> _domains = new(StringComparer.Ordinal);
    private StorageUse _use;
    private long _accepted, _lost;

    /// <summary>Adds an entry.</summary>
    public void Add(TraceEntry entry)
    {
        switch (entry.Kind)
        {
            case TraceKind.Accepted:
                _accepted++;
                break;
            case TraceKind.Delivered:
                foreach (var account in entry.To ?? [])
                    Count(account, delivered: 1, sent: 0, entry.Octets ?? 0);
                break;
            case TraceKind.Attempted when entry.Succeeded == true:
                Count(entry.From ?? "", delivered: 0, sent: 1, entry.Octets ?? 0);
                break;
            case TraceKind.Metered:
                _use += entry.Use ?? default;
                break;
            case TraceKind.Lost:
                _lost += entry.Count ?? 0;
                break;
        }
    }

    /// <summary>What it comes to.</summary>
    public CostReport ToReport(DateTimeOffset from, DateTimeOffset to, PriceList prices)
    {
        var total = prices.Of(_use);
        var copies = _domains.Values.Sum(domain => domain.Delivered + domain.Sent);
        return new CostReport(
            from, to, prices.Currency, _use, total, _accepted, _accepted == 0 ? null : total / _accepted,
            [.. _domains.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => new DomainCost(
                row.Key, row.Value.Delivered, row.Value.Sent, row.Value.Octets, total * (row.Value.Delivered + row.Value.Sent) / copies))],
            _lost);
    }

    // Of a report the reverse-path is empty: it is nobody's.
    private void Count(string address, int delivered, int sent, long octets)
    {
        var domain = EmailAddress.TryParse(address, out var parsed) ? parsed.Domain.Text : "";
        var before = _domains.GetValueOrDefault(domain);
        _domains[domain] = (before.Delivered + delivered, before.Sent + sent, before.Octets + octets);
    }
}
