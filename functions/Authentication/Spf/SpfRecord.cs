// A record of a domain about who may send for it.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Authentication.Spf;

/// <summary>A mechanism and what it means to be matched by it.</summary>
internal sealed record Directive(SpfResult Result, Mechanism Mechanism);

/// <summary>
/// A record (RFC 7208 4.6.1, 12), read whole before anything of it is done: a mistake anywhere makes all of it one (4.6). Characters are octets.
/// </summary>
internal sealed class SpfRecord
{
    private const string Version = "v=spf1";

    private readonly List<Directive> _directives = [];

    private SpfRecord()
    {
    }

    /// <summary>The directives in their order.</summary>
    public IReadOnlyList<Directive> Directives => _directives;

    /// <summary>The domain whose record is to be taken if no directive matches (6.1).</summary>
    public MacroText? Redirect { get; private set; }

    /// <summary>Where to find what is to be said to those who fail (6.2).</summary>
    public MacroText? Explanation { get; private set; }

    /// <summary>True for text that begins as a record does, right or wrong (4.5).</summary>
    public static bool IsOne(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <summary>Reads a record.</summary>
    /// <returns>False for any mistake.</returns>
    public static bool TryParse(string text, out SpfRecord record)
    {
        record = new SpfRecord();
        if (!IsOne(text))
            return false;
        var rest = text.AsSpan(Version.Length);
        while (!rest.IsEmpty)
        {
            // Spaces part terms, and nothing else does.
            rest = rest.TrimStart(' ');
            var end = rest.IndexOf(' ');
            var term = end < 0 ? rest : rest[..end];
            rest = rest[term.Length..];
            if (!term.IsEmpty && !record.TryAdd(term))
                return false;
        }
        return true;
    }

    private bool TryAdd(ReadOnlySpan<char> term)
    {
        var end = term.IndexOfAny('=', ':', '/');
        if (end >= 0 && term[end] == '=')
            return TryAddModifier(term[..end], term[(end + 1)..]);
        var result = Qualifier.Of(term[0]);
        if (result is not null)
            term = term[1..];
        if (!TryReadMechanism(term, out var mechanism))
            return false;
        _directives.Add(new Directive(result ?? SpfResult.Pass, mechanism));
        return true;
    }

    private bool TryAddModifier(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (name.IsEmpty || !char.IsAsciiLetter(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }
        var isRedirect = name.Equals("redirect", StringComparison.OrdinalIgnoreCase);
        var isExplanation = name.Equals("exp", StringComparison.OrdinalIgnoreCase);
        var isKnown = isRedirect || isExplanation;
        if (!MacroText.TryParse(value, isKnown ? TextKind.Domain : TextKind.Unknown, out var text))
            return false;
        // RFC 7208 6: neither of the two may appear twice.
        if ((isRedirect && Redirect is not null) || (isExplanation && Explanation is not null))
            return false;
        Redirect = isRedirect ? text : Redirect;
        Explanation = isExplanation ? text : Explanation;
        return true;
    }

    private static bool TryReadMechanism(ReadOnlySpan<char> term, out Mechanism mechanism)
    {
        mechanism = new Mechanism.All();
        var end = term.IndexOfAny(':', '/');
        var name = end < 0 ? term : term[..end];
        var rest = term[name.Length..];
        Span<char> lower = stackalloc char[8];
        if (name.Length > lower.Length)
            return false;
        name.ToLowerInvariant(lower);
        return lower[..name.Length] switch
        {
            "all" => rest.IsEmpty,
            "include" => TryReadInclude(rest, out mechanism),
            "a" => TryReadHost(rest, (domain, prefixes) => new Mechanism.A(domain, prefixes), out mechanism),
            "mx" => TryReadHost(rest, (domain, prefixes) => new Mechanism.Mx(domain, prefixes), out mechanism),
            "ptr" => TryReadPtr(rest, out mechanism),
            "ip4" => TryReadNetwork(rest, AddressFamily.InterNetwork, out mechanism),
            "ip6" => TryReadNetwork(rest, AddressFamily.InterNetworkV6, out mechanism),
            "exists" => TryReadExists(rest, out mechanism),
            _ => false,
        };
    }

    private static bool TryReadDomain(ReadOnlySpan<char> rest, out MacroText domain)
    {
        domain = default!;
        return rest.StartsWith(":") && MacroText.TryParse(rest[1..], TextKind.Domain, out domain);
    }

    private static bool TryReadInclude(ReadOnlySpan<char> rest, out Mechanism mechanism)
    {
        var isRead = TryReadDomain(rest, out var domain);
        mechanism = new Mechanism.Include(domain);
        return isRead;
    }

    private static bool TryReadExists(ReadOnlySpan<char> rest, out Mechanism mechanism)
    {
        var isRead = TryReadDomain(rest, out var domain);
        mechanism = new Mechanism.Exists(domain);
        return isRead;
    }

    private static bool TryReadPtr(ReadOnlySpan<char> rest, out Mechanism mechanism)
    {
        MacroText? domain = null;
        var isRead = rest.IsEmpty || TryReadDomain(rest, out domain);
        mechanism = new Mechanism.Ptr(domain);
        return isRead;
    }

    private static bool TryReadHost(ReadOnlySpan<char> rest, Func<MacroText?, PrefixLengths, Mechanism> make, out Mechanism mechanism)
    {
        MacroText? domain = null;
        var isRead = PrefixLengths.TryTakeOff(ref rest, out var prefixes) && (rest.IsEmpty || TryReadDomain(rest, out domain));
        mechanism = make(domain, prefixes);
        return isRead;
    }

    // Only the plain spellings are addresses: "1.2.3" and "0x7f.0.0.1" are some to the platform and none here.
    private static bool TryReadNetwork(ReadOnlySpan<char> rest, AddressFamily family, out Mechanism mechanism)
    {
        mechanism = new Mechanism.All();
        if (!rest.StartsWith(":"))
            return false;
        var isV4 = family == AddressFamily.InterNetwork;
        var length = isV4 ? PrefixLengths.MaxV4 : PrefixLengths.MaxV6;
        var slash = rest.IndexOf('/');
        if (slash >= 0 && !PrefixLengths.TryRead(rest[(slash + 1)..], length, out length))
            return false;
        var text = slash < 0 ? rest[1..] : rest[1..slash];
        if (text.ContainsAnyExcept(isV4 ? "0123456789." : "0123456789abcdefABCDEF:.")
            || !IPAddress.TryParse(text, out var address) || address.AddressFamily != family || (isV4 && !text.SequenceEqual(address.ToString())))
            return false;
        mechanism = new Mechanism.Network(address, length);
        return true;
    }
}
