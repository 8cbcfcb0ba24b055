// What a domain demands of those who bring its mail: which exchangers, and TLS with a good certificate.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Smtp.MtaSts;

/// <summary>A policy (RFC 8461 3.2).</summary>
public sealed class StsPolicy
{
    /// <summary>The most octets that a policy may have (RFC 8461 3.3).</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The most patterns that are looked at; whoever has more has no use for them.</summary>
    public const int MaxPatterns = 500;

    /// <summary>The longest time for which a policy can be given, about a year (RFC 8461 3.2).</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(31_557_600);

    private const string Version = "STSv1";
    private const int IdDigits = 16;
    private const int MaxAgeDigits = 10;
    private const int MaxNameLength = 32;
    private const string Wildcard = "*.";

    private readonly string[] _patterns;

    /// <summary>Makes one of our own.</summary>
    /// <param name="mode">How it wants to be taken.</param>
    /// <param name="exchangers">The exchangers' names.</param>
    /// <param name="maxAge">For how long it is given, in whole seconds.</param>
    public StsPolicy(StsMode mode, IEnumerable<DomainName> exchangers, TimeSpan maxAge)
        : this(mode, [.. exchangers.Select(name => name.Text)], maxAge)
    {
    }

    /// <summary>
    /// The policy of a domain of ours. One that is being tried out is given for a day, so that it is soon corrected; one that is in force for two weeks,
    /// since an attacker has to hide it for as long (RFC 8461 10.2).
    /// </summary>
    /// <param name="mode">How it wants to be taken.</param>
    /// <param name="exchangers">Our exchangers' names.</param>
    public static StsPolicy OfOurs(StsMode mode, IEnumerable<DomainName> exchangers) =>
        new(mode, exchangers, mode == StsMode.Enforce ? TimeSpan.FromDays(14) : TimeSpan.FromDays(1));

    private StsPolicy(StsMode mode, string[] patterns, TimeSpan maxAge)
    {
        Mode = mode;
        MaxAge = maxAge;
        _patterns = patterns;
    }

    /// <summary>How it wants to be taken.</summary>
    public StsMode Mode { get; }

    /// <summary>For how long it is given.</summary>
    public TimeSpan MaxAge { get; }

    /// <summary>An id for the record, which is another one for another policy.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())))[..IdDigits];

    /// <summary>The exchangers that it allows: names, or <c>*.</c> and a name.</summary>
    public IReadOnlyList<string> Patterns => _patterns;

    /// <summary>
    /// Reads a policy. Unknown fields are passed over; of a field other than mx that comes twice the first counts (RFC 8461 3.2). Blanks and lines
    /// without anything at the end are let pass: to refuse such a policy would leave the mail without one.
    /// </summary>
    /// <returns>False for another version, a field that breaks the grammar, and where one is missing.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out StsPolicy? policy)
    {
        policy = null;
        string? version = null;
        StsMode? mode = null;
        TimeSpan? maxAge = null;
        var patterns = new List<string>();
        while (!text.IsEmpty)
        {
            var line = TakeLine(ref text);
            if (line.IsEmpty && text.Trim("\r\n \t").IsEmpty)
                break;
            var colon = line.IndexOf(':');
            if (colon < 1)
                return false;
            var name = line[..colon];
            var value = line[(colon + 1)..].TrimStart(" \t");
            var isGood = name switch
            {
                "version" => (version ??= value.ToString()) == Version,
                "mode" => TrySet(ref mode, StsModes.Read(value)),
                "max_age" => TrySet(ref maxAge, ReadAge(value)),
                "mx" => TryAdd(patterns, value),
                _ => IsExtension(name, value),
            };
            if (!isGood)
                return false;
        }
        if (version != Version || mode is not { } how || maxAge is not { } age || (patterns.Count == 0 && how != StsMode.None))
            return false;
        policy = new StsPolicy(how, [.. patterns], age);
        return true;
    }

    /// <summary>Whether the policy allows an exchanger (RFC 8461 4.1).</summary>
    /// <param name="host">The exchanger's name as in the MX record; letters of either case.</param>
    public bool Allows(ReadOnlySpan<char> host)
    {
        host = host.EndsWith('.') ? host[..^1] : host;
        foreach (var pattern in _patterns)
        {
            // The star stands for exactly one label, the first.
            var isAllowed = pattern.StartsWith(Wildcard, StringComparison.Ordinal)
                ? host.IndexOf('.') is > 0 and var dot && host[dot..].Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase)
                : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
            if (isAllowed)
                return true;
        }
        return false;
    }

    /// <summary>The policy as it is published and kept: without what was unknown in it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"version: {Version}\r\nmode: {StsModes.NameOf(Mode)}\r\n");
        foreach (var pattern in _patterns)
            text.Append("mx: ").Append(pattern).Append("\r\n");
        return text.Append(CultureInfo.InvariantCulture, $"max_age: {(long)MaxAge.TotalSeconds}\r\n").ToString();
    }

    // RFC 8461 3.2: lines end by LF or CR LF.
    private static ReadOnlySpan<char> TakeLine(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        if (end >= 0 && line.EndsWith('\r'))
            line = line[..^1];
        return line.TrimEnd(" \t");
    }

    private static TimeSpan? ReadAge(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxAgeDigits || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        // RFC 8461 3.2 allows no more; cutting it is kinder to the domain than to refuse it.
        return seconds > LongestAge.TotalSeconds ? LongestAge : TimeSpan.FromSeconds(seconds);
    }

    private static bool TryAdd(List<string> patterns, ReadOnlySpan<char> value)
    {
        var name = value.StartsWith(Wildcard) ? value[Wildcard.Length..] : value;
        if (!Ascii.IsValid(name) || name.EndsWith('.') || !DomainName.TryParse(name, out var domain) || domain.IsLiteral)
            return false;
        if (patterns.Count < MaxPatterns)
            patterns.Add(name.Length == value.Length ? domain.Text : Wildcard + domain.Text);
        return true;
    }

    private static bool TrySet<T>(ref T? kept, T? read)
        where T : struct
    {
        if (kept is null && read is null)
            return false;
        kept ??= read;
        return true;
    }

    private static bool IsExtension(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (name.Length > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        }
        return !value.IsEmpty && value.IndexOfAnyInRange('\0', '\x1F') < 0 && !value.Contains('\x7F');
    }
}
