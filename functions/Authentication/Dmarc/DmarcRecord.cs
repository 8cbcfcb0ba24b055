// A record of a domain about mail that claims to be of it.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MailFunctions.Authentication.Dmarc;

/// <summary>
/// A record (RFC 7489 6.3, RFC 9989 4.7). Only its version has to be right: what else cannot be understood is as if it were not there. Of a tag that
/// comes twice the first counts. Characters are octets.
/// </summary>
internal sealed class DmarcRecord
{
    private const string Version = "DMARC1"; // RFC 7489 6.3: its case matters, unlike that of all other values

    private bool _hasReports;
    private bool _isPolicyBad;

    private DmarcRecord()
    {
    }

    /// <summary>What is asked for the domain itself (p=).</summary>
    public DmarcPolicy Policy { get; private set; }

    /// <summary>What is asked for the domains below (sp=); null if the same.</summary>
    public DmarcPolicy? SubdomainPolicy { get; private set; }

    /// <summary>What is asked for domains below that do not exist (np=, RFC 9091); null if the same as for others.</summary>
    public DmarcPolicy? MissingPolicy { get; private set; }

    /// <summary>True if a signature must be by the very domain (adkim=s).</summary>
    public bool IsDkimStrict { get; private set; }

    /// <summary>True if SPF must pass for the very domain (aspf=s).</summary>
    public bool IsSpfStrict { get; private set; }

    /// <summary>Of a hundred failing messages, to how many the policy is to be applied (pct=, RFC 7489 only).</summary>
    public int Percent { get; private set; } = 100;

    /// <summary>True if the domain only tries its policy out (t=y, RFC 9989).</summary>
    public bool IsTesting { get; private set; }

    /// <summary>Whether the domain is a public suffix (psd=, RFC 9989); null if it does not say.</summary>
    public bool? IsSuffix { get; private set; }

    /// <summary>True for text that is a record of this version, right or wrong in the rest (RFC 7489 6.6.3).</summary>
    public static bool IsOne(ReadOnlySpan<char> text)
    {
        var (name, value) = Take(ref text);
        return Is(name, "v") && value.SequenceEqual(Version);
    }

    /// <summary>Reads a record.</summary>
    /// <returns>False if it is none, or one without a policy and without an address for reports, which asks for nothing (RFC 9989 4.10.1).</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DmarcRecord? record)
    {
        record = null;
        if (!IsOne(text))
            return false;
        var read = new DmarcRecord();
        _ = Take(ref text);
        var seen = Tags.None;
        while (!text.IsEmpty)
        {
            var (name, value) = Take(ref text);
            var tag = TagOf(name);
            if ((seen & tag) == 0)
                read.Set(tag, value);
            seen |= tag;
        }
        // RFC 7489 6.6.3: without a valid policy, who wants reports is taken to have published p=none.
        if ((seen & Tags.Policy) == 0 || read._isPolicyBad)
        {
            if (!read._hasReports)
                return false;
            (read.Policy, read.SubdomainPolicy, read.MissingPolicy) = (DmarcPolicy.None, null, null);
        }
        record = read;
        return true;
    }

    /// <summary>What is asked for a domain.</summary>
    /// <param name="isBelow">True if the record was published for a domain above it.</param>
    /// <param name="isMissing">True if the domain does not exist.</param>
    public DmarcPolicy PolicyFor(bool isBelow, bool isMissing) =>
        !isBelow ? Policy : (isMissing ? MissingPolicy : null) ?? SubdomainPolicy ?? Policy;

    private void Set(Tags tag, ReadOnlySpan<char> value)
    {
        switch (tag)
        {
            case Tags.Policy:
                Policy = Read(value) ?? DmarcPolicy.None;
                break;
            case Tags.SubdomainPolicy:
                SubdomainPolicy = Read(value);
                break;
            case Tags.MissingPolicy:
                MissingPolicy = Read(value);
                break;
            case Tags.Dkim:
                IsDkimStrict = Is(value, "s");
                break;
            case Tags.Spf:
                IsSpfStrict = Is(value, "s");
                break;
            case Tags.Percent:
                Percent = value.Length <= 3 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100
                    ? percent
                    : 100;
                break;
            case Tags.Testing:
                IsTesting = Is(value, "y");
                break;
            case Tags.Suffix:
                IsSuffix = Is(value, "y") ? true : Is(value, "n") ? false : null;
                break;
            case Tags.Reports:
                _hasReports = HasUri(value);
                break;
        }
    }

    private DmarcPolicy? Read(ReadOnlySpan<char> value)
    {
        if (Is(value, "none"))
            return DmarcPolicy.None;
        if (Is(value, "quarantine"))
            return DmarcPolicy.Quarantine;
        if (Is(value, "reject"))
            return DmarcPolicy.Reject;
        _isPolicyBad = true;
        return null;
    }

    // The next tag and its value, without the space around them; a part without "=" is a name without value.
    private static Pair Take(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOf(';');
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        var equals = part.IndexOf('=');
        return equals < 0 ? new Pair(part.Trim(" \t"), default) : new Pair(part[..equals].Trim(" \t"), part[(equals + 1)..].Trim(" \t"));
    }

    // A URI among those that commas part (RFC 3986 3.1): a scheme, a colon and more. A limit of size behind "!" changes nothing here.
    private static bool HasUri(ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split(','))
        {
            var uri = value[range].Trim(" \t");
            var colon = uri.IndexOf(':');
            if (colon > 0 && colon < uri.Length - 1 && char.IsAsciiLetter(uri[0]) && !uri.ContainsAnyExceptInRange('!', '~'))
                return true;
        }
        return false;
    }

    private static bool Is(ReadOnlySpan<char> text, ReadOnlySpan<char> word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static Tags TagOf(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[5];
        if (name.Length > lower.Length)
            return Tags.None;
        name.ToLowerInvariant(lower);
        return lower[..name.Length] switch
        {
            "p" => Tags.Policy,
            "sp" => Tags.SubdomainPolicy,
            "np" => Tags.MissingPolicy,
            "adkim" => Tags.Dkim,
            "aspf" => Tags.Spf,
            "pct" => Tags.Percent,
            "t" => Tags.Testing,
            "psd" => Tags.Suffix,
            "rua" => Tags.Reports,
            _ => Tags.None,
        };
    }

    private readonly ref struct Pair(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        private readonly ReadOnlySpan<char> _name = name;
        private readonly ReadOnlySpan<char> _value = value;

        public void Deconstruct(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
        {
            name = _name;
            value = _value;
        }
    }

    [Flags]
    private enum Tags
    {
        None = 0,
        Policy = 1,
        SubdomainPolicy = 2,
        MissingPolicy = 4,
        Dkim = 8,
        Spf = 16,
        Percent = 32,
        Testing = 64,
        Suffix = 128,
        Reports = 256,
    }
}
