// Finds organizational domains with a list of the names below which anybody may register.
// To bring the list up to date run functions/Authentication/Dmarc/refresh-suffixes, look at what changed, and run the tests; nothing else uses it.
using System.Collections.Frozen;
using MailFunctions.Mail;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>
/// The public suffix list (publicsuffix.org), the rules of registries (ICANN) and those of hosters (PRIVATE) alike, as RFC 7489 3.2 uses it. Reading it
/// takes a moment and about a megabyte: one object serves a process.
/// </summary>
public sealed class PublicSuffixes : IOrganizationalDomains
{
    private readonly FrozenSet<string> _rules;
    private readonly FrozenSet<string> _wildcards; // without their "*."
    private readonly FrozenSet<string> _exceptions; // without their "!"

    /// <summary>The list that comes with the program.</summary>
    public PublicSuffixes()
        : this(ReadEmbedded())
    {
    }

    /// <summary>A list.</summary>
    /// <param name="lines">Its lines; comments and empty ones are passed over.</param>
    /// <exception cref="FormatException">A line is no rule.</exception>
    internal PublicSuffixes(IEnumerable<string> lines)
    {
        var rules = new List<string>();
        var wildcards = new List<string>();
        var exceptions = new List<string>();
        foreach (var line in lines)
        {
            // publicsuffix.org/list: a rule ends at the first white space.
            var end = line.AsSpan().IndexOfAny(" \t");
            var rule = end < 0 ? line : line[..end];
            if (rule.Length == 0 || rule.StartsWith("//", StringComparison.Ordinal))
                continue;
            if (rule[0] == '!')
                exceptions.Add(DomainName.Parse(rule[1..]).Text);
            else if (rule.StartsWith("*.", StringComparison.Ordinal))
                wildcards.Add(DomainName.Parse(rule[2..]).Text);
            else
                rules.Add(DomainName.Parse(rule).Text);
        }
        _rules = rules.ToFrozenSet(StringComparer.Ordinal);
        _wildcards = wildcards.ToFrozenSet(StringComparer.Ordinal);
        _exceptions = exceptions.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>How many rules there are.</summary>
    internal int Count => _rules.Count + _wildcards.Count + _exceptions.Count;

    /// <inheritdoc/>
    public Task<OrganizationalDomain?> FindAsync(DomainName domain, CancellationToken cancellationToken)
    {
        var organization = Registrable(domain) ?? domain;
        return Task.FromResult<OrganizationalDomain?>(new OrganizationalDomain(organization, organization));
    }

    /// <summary>The public suffix of a domain and the label before it; null for a domain that is a suffix itself.</summary>
    public DomainName? Registrable(DomainName domain)
    {
        var text = domain.Text;
        var start = SuffixStart(text);
        if (start == 0)
            return null;
        var dot = start > 1 ? text.LastIndexOf('.', start - 2) : -1;
        return DomainName.Parse(text[(dot + 1)..]);
    }

    // The longest rule wins, an exception before a wildcard of the same length; below no rule the last label is the suffix.
    private int SuffixStart(string text)
    {
        var rules = _rules.GetAlternateLookup<ReadOnlySpan<char>>();
        var wildcards = _wildcards.GetAlternateLookup<ReadOnlySpan<char>>();
        var exceptions = _exceptions.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; ;)
        {
            var dot = text.IndexOf('.', start);
            var suffix = text.AsSpan(start);
            if (dot < 0)
                return start;
            if (exceptions.Contains(suffix))
                return dot + 1;
            if (rules.Contains(suffix) || wildcards.Contains(text.AsSpan(dot + 1)))
                return start;
            start = dot + 1;
        }
    }

    private static IEnumerable<string> ReadEmbedded()
    {
        using var stream = typeof(PublicSuffixes).Assembly.GetManifestResourceStream("public-suffixes.txt")
            ?? throw new InvalidOperationException("The public suffix list was not built into the program.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
