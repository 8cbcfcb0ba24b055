// One run of check_host() of RFC 7208 4, with all the records that it leads to.
using MailFunctions.Dns;

namespace MailFunctions.Authentication.Spf;

/// <summary>Where an evaluation ended.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain whose record decided.</param>
/// <param name="Record">That record, if it could be read.</param>
/// <param name="Reason">Of an error, what was wrong.</param>
internal sealed record SpfEnd(SpfResult Result, string Domain, SpfRecord? Record, string? Reason = null);

/// <summary>Follows the records of a domain. What all of them together may cost is limited, so that recursion is too.</summary>
internal sealed class SpfEvaluation(SpfQuestions questions, MacroValues values, CancellationToken cancellationToken)
{
    private readonly Budget _budget = new();

    // What came of looking at one mechanism: a match, none, or an error that ends everything.
    private readonly record struct Look(bool IsMatch, SpfResult? Error, string? Reason)
    {
        public static Look Match => new(true, null, null);

        public static Look NoMatch => new(false, null, null);

        public static Look Of(bool isMatch) => new(isMatch, null, null);

        public static Look Temporary(string reason) => new(false, SpfResult.TempError, reason);

        public static Look Permanent(string reason) => new(false, SpfResult.PermError, reason);
    }

    /// <summary>Evaluates the record of a domain.</summary>
    /// <param name="name">The domain, to be asked for.</param>
    /// <param name="domain">The domain as text, for macros.</param>
    public async Task<SpfEnd> RunAsync(DnsName name, string domain)
    {
        if (await questions.TextsAsync(name, cancellationToken) is not { } texts)
            return new SpfEnd(SpfResult.TempError, domain, null, "the record cannot be had now");
        var records = texts.Where(SpfRecord.IsOne).ToList();
        if (records.Count == 0)
            return new SpfEnd(SpfResult.None, domain, null);
        if (records.Count > 1)
            return new SpfEnd(SpfResult.PermError, domain, null, "there is more than one record"); // RFC 7208 4.5
        if (!SpfRecord.TryParse(records[0], out var record))
            return new SpfEnd(SpfResult.PermError, domain, null, "the record has a mistake in it");
        foreach (var (result, mechanism) in record.Directives)
        {
            var look = await LookAsync(mechanism, domain);
            if (look.Error is { } error)
                return new SpfEnd(error, domain, record, look.Reason);
            if (look.IsMatch)
                return new SpfEnd(result, domain, record);
        }
        return record.Redirect is { } redirect ? await RedirectAsync(redirect, domain) : new SpfEnd(SpfResult.Neutral, domain, record); // 4.7
    }

    /// <summary>What a domain has to say to those who fail (RFC 7208 6.2).</summary>
    /// <returns>Null if there is nothing that can be used.</returns>
    public async Task<SpfExplanation?> ExplainAsync(MacroText place, string domain)
    {
        if (!TargetName.TryMake(await ExpandAsync(place, domain), out var name)
            || await questions.TextsAsync(name, cancellationToken) is not [var text] || !MacroText.TryParse(text, TextKind.Explanation, out var explanation))
            return null;
        var client = explanation.UsesName ? await ClientNameAsync(domain) : null;
        return new SpfExplanation(domain, explanation.ExpandStart(macro => values.Of(macro, domain, client), SpfExplanation.MaxLength));
    }

    private async Task<SpfEnd> RedirectAsync(MacroText redirect, string domain)
    {
        if (!_budget.TryLookUp())
            return new SpfEnd(SpfResult.PermError, domain, null, "there are more than 10 terms to look up");
        var target = await ExpandAsync(redirect, domain);
        if (!TargetName.TryMake(target, out var name))
            return new SpfEnd(SpfResult.PermError, domain, null, "redirect leads nowhere");
        var end = await RunAsync(name, Trim(target));
        return end.Result == SpfResult.None ? end with { Result = SpfResult.PermError, Reason = "redirect leads to no record" } : end; // RFC 7208 6.1
    }

    private async Task<Look> LookAsync(Mechanism mechanism, string domain)
    {
        switch (mechanism)
        {
            case Mechanism.All:
                return Look.Match;
            case Mechanism.Network network:
                return Look.Of(PrefixLengths.Agree(values.Client, network.Address, network.PrefixLength));
        }
        if (!_budget.TryLookUp())
            return Look.Permanent("there are more than 10 terms to look up"); // RFC 7208 4.6.4
        return mechanism switch
        {
            Mechanism.Include include => await IncludeAsync(include, domain),
            Mechanism.A a => await AddressAsync(a, domain),
            Mechanism.Mx mx => await ExchangeAsync(mx, domain),
            Mechanism.Ptr ptr => await NameAsync(ptr, domain),
            Mechanism.Exists exists => await ExistsAsync(exists, domain),
            _ => throw new InvalidOperationException("A mechanism that nobody evaluates."),
        };
    }

    private async Task<Look> IncludeAsync(Mechanism.Include include, string domain)
    {
        var target = await ExpandAsync(include.Domain, domain);
        if (!TargetName.TryMake(target, out var name))
            return Look.Permanent("include leads nowhere");
        var end = await RunAsync(name, Trim(target));
        return end.Result switch // RFC 7208 5.2
        {
            SpfResult.Pass => Look.Match,
            SpfResult.TempError => Look.Temporary(end.Reason ?? "an included record cannot be had now"),
            SpfResult.PermError => Look.Permanent(end.Reason ?? "an included record has a mistake in it"),
            SpfResult.None => Look.Permanent("include leads to no record"),
            _ => Look.NoMatch,
        };
    }

    private async Task<Look> AddressAsync(Mechanism.A mechanism, string domain)
    {
        if (await TargetAsync(mechanism.Domain, domain) is not { } name)
            return Void();
        if (await questions.AddressesAsync(name, cancellationToken) is not { } addresses)
            return Look.Temporary("addresses cannot be had now");
        return addresses.Count == 0 ? Void() : Look.Of(addresses.Any(address => mechanism.Prefixes.Agree(values.Client, address)));
    }

    private async Task<Look> ExchangeAsync(Mechanism.Mx mechanism, string domain)
    {
        if (await TargetAsync(mechanism.Domain, domain) is not { } name)
            return Void();
        if (await questions.ExchangesAsync(name, cancellationToken) is not { } exchanges)
            return Look.Temporary("mail exchanges cannot be had now");
        if (exchanges.Count == 0)
            return Void();
        if (exchanges.Count > Budget.MaxNames)
            return Look.Permanent("mx has more than 10 exchanges"); // RFC 7208 4.6.4
        foreach (var exchange in exchanges.Where(exchange => !exchange.IsRoot))
        {
            if (await questions.AddressesAsync(exchange, cancellationToken) is not { } addresses)
                return Look.Temporary("addresses of a mail exchange cannot be had now");
            if (addresses.Any(address => mechanism.Prefixes.Agree(values.Client, address)))
                return Look.Match;
        }
        return Look.NoMatch;
    }

    private async Task<Look> NameAsync(Mechanism.Ptr mechanism, string domain) =>
        Look.Of(await TargetAsync(mechanism.Domain, domain) is { } target
            && (await questions.ClientNamesAsync(cancellationToken)).Any(name => name.IsAtOrBelow(target)));

    private async Task<Look> ExistsAsync(Mechanism.Exists mechanism, string domain)
    {
        if (await TargetAsync(mechanism.Domain, domain) is not { } name)
            return Void();
        if (await questions.Ipv4Async(name, cancellationToken) is not { } addresses)
            return Look.Temporary("a name cannot be looked up now");
        return addresses.Count == 0 ? Void() : Look.Match;
    }

    private Look Void() => _budget.TryVoid() ? Look.NoMatch : Look.Permanent("there is nothing at more than 2 of the names"); // RFC 7208 4.6.4

    private async Task<DnsName?> TargetAsync(MacroText? text, string domain) =>
        TargetName.TryMake(text is null ? domain : await ExpandAsync(text, domain), out var name) ? name : null;

    private async Task<string> ExpandAsync(MacroText text, string domain)
    {
        var client = text.UsesName ? await ClientNameAsync(domain) : null;
        return text.ExpandEnd(macro => values.Of(macro, domain, client), TargetName.MaxLength);
    }

    // RFC 7208 7.3: the domain itself before a name below it, and that before any other.
    private async Task<string?> ClientNameAsync(string domain)
    {
        var names = await questions.ClientNamesAsync(cancellationToken);
        if (names.Count == 0)
            return null;
        var isName = TargetName.TryMake(domain, out var own);
        return (isName && names.Contains(own) ? own : names.FirstOrDefault(name => isName && name.IsAtOrBelow(own), names[0])).Text;
    }

    private static string Trim(string target) => target.EndsWith('.') ? target[..^1] : target;
}
