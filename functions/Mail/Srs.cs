// Rewrites the reverse-path of forwarded mail so that the next hop's SPF check passes and bounces still find their way back.
namespace MailFunctions.Mail;

/// <summary>
/// The Sender Rewriting Scheme (M. Crosby and Shevek, "SRS", 2004; the shortcut and guarded schemes). A foreign sender <c>bob@example.org</c> becomes
/// <c>SRS0=hash=day=example.org=bob@ours</c>; a sender that another forwarder rewrote becomes <c>SRS1=hash=forwarder==...@ours</c>, which names the
/// first forwarder and does not grow however often it is forwarded. The hash is a keyed one: we relay only bounces to what we signed ourselves.
/// </summary>
/// <remarks>
/// Nothing is stored, so an address has to hold everything: one that would need more than 64 octets left of the @ (RFC 5321 4.5.3.1.1) is not
/// rewritten (<see cref="SrsRewriting.TooLong"/>). Such mail is to be forwarded under its own sender: its bounces still arrive and only SPF suffers,
/// while a longer address would be refused outright. The hash covers letters regardless of their case, because some systems fold local parts.
/// </remarks>
public sealed class Srs
{
    /// <summary>The least octets a key may have.</summary>
    public const int MinKeyLength = 16;

    /// <summary>How many days after its day of signing an address is accepted: longer than any mail system keeps trying.</summary>
    public const int MaxAgeDays = 21;

    private const string Tag = "SRS"; // then 0 or 1, then one of the separators
    private const string Separators = "=+-";
    private const int TagLength = 5;

    private readonly DomainName _domain;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _keys;

    /// <summary>Makes a rewriter.</summary>
    /// <param name="domain">The domain of ours at which rewritten addresses are; bounces to it must reach us.</param>
    /// <param name="keys">The first signs, all are accepted: a new key is put in front and the old one stays for <see cref="MaxAgeDays"/>.</param>
    /// <exception cref="ArgumentException">There is no key, or one is shorter than <see cref="MinKeyLength"/>.</exception>
    public Srs(DomainName domain, IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        if (keys.Count == 0 || keys.Any(key => key.Length < MinKeyLength))
            throw new ArgumentException($"SRS needs at least one key, and {MinKeyLength} octets in each.", nameof(keys));
        _domain = domain;
        _keys = keys;
    }

    /// <summary>Rewrites the reverse-path of a message that is forwarded.</summary>
    /// <param name="sender">The reverse-path, null for <c>&lt;&gt;</c>, which is never rewritten; nor is UTF-8, which the scheme does not know.</param>
    /// <param name="senderDomain">
    /// What the directory has for the sender's domain, null if it is not ours. Addresses of local domains are never rewritten: we may send for them.
    /// </param>
    /// <param name="now">The time, of which the day goes into the address.</param>
    public SrsRewriting Rewrite(EmailAddress? sender, LocalDomain? senderDomain, DateTimeOffset now)
    {
        if (sender is not { IsAscii: true } address || senderDomain is { Kind: DomainKind.Local } || address.Domain == _domain)
            return new SrsRewriting.Unchanged();
        var local = address.LocalPart;
        var text = Scheme(local) switch
        {
            '0' => Guard(address.Domain.Text, local[(TagLength - 1)..]),
            '1' when TrySplit(local.AsSpan(TagLength), out _, out var host, out var rest)
                && DomainName.TryParse(host, out _) && rest.Length > 0 && Separators.Contains(rest[0]) =>
                Guard(new string(host), new string(rest)),
            _ => Shortcut(address, now),
        };
        return EmailAddress.TryCreate(text, _domain, out var rewritten) ? new SrsRewriting.Rewritten(rewritten) : new SrsRewriting.TooLong();
    }

    /// <summary>Finds the address to which mail for a rewritten address goes: the sender, or the forwarder who rewrote him first.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="now">The time.</param>
    public SrsReading Read(EmailAddress recipient, DateTimeOffset now)
    {
        if (recipient.Domain != _domain || !recipient.IsAscii)
            return new SrsReading.NotSrs();
        return Scheme(recipient.LocalPart) switch
        {
            '0' => ReadShortcut(recipient.LocalPart.AsSpan(TagLength), now),
            '1' => ReadGuarded(recipient.LocalPart.AsSpan(TagLength), now),
            _ => new SrsReading.NotSrs(),
        };
    }

    private string Shortcut(EmailAddress sender, DateTimeOffset now)
    {
        var signed = $"{SrsDay.Print(now)}={sender.Domain}={sender.LocalPart}";
        return $"SRS0={SrsHash.Make(_keys[0].Span, '0', signed)}={signed}";
    }

    // The rest begins with the separator that the first forwarder chose, so that his address can be made again exactly.
    private string Guard(string host, string rest)
    {
        var signed = $"{host}={rest}";
        return $"SRS1={SrsHash.Make(_keys[0].Span, '1', signed)}={signed}";
    }

    private SrsReading ReadShortcut(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        if (!TrySplit(text, out var hash, out var day, out var address) || !IsSigned(hash, '0', text))
            return new SrsReading.Forged();
        var separator = address.IndexOf('=');
        if (separator < 0
            || !DomainName.TryParse(address[..separator], out var domain)
            || !EmailAddress.TryCreate(new string(address[(separator + 1)..]), domain, out var sender))
            return new SrsReading.Forged();
        return SrsDay.IsCurrent(day, now, MaxAgeDays) ? new SrsReading.Decoded(sender) : new SrsReading.Expired();
    }

    // The forwarder checks his own day when the bounce comes to him.
    private SrsReading ReadGuarded(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        if (!TrySplit(text, out var hash, out var host, out var rest) || !IsSigned(hash, '1', text)
            || !DomainName.TryParse(host, out var domain)
            || !EmailAddress.TryCreate($"SRS0{rest}", domain, out var forwarder))
            return new SrsReading.Forged();
        // We were the first forwarder ourselves: what we signed then is at hand.
        return domain == _domain ? Read(forwarder, now) : new SrsReading.Decoded(forwarder);
    }

    private bool IsSigned(ReadOnlySpan<char> hash, char scheme, ReadOnlySpan<char> text)
    {
        var signed = text[(hash.Length + 1)..];
        var isSigned = false;
        foreach (var key in _keys) // all of them: which key matches must not show in the time taken
            isSigned |= SrsHash.Matches(hash, key.Span, scheme, signed);
        return isSigned;
    }

    // hash=second=rest
    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> hash, out ReadOnlySpan<char> second, out ReadOnlySpan<char> rest)
    {
        hash = second = rest = default;
        var first = text.IndexOf('=');
        if (first < 0)
            return false;
        var next = text[(first + 1)..].IndexOf('=');
        if (next < 0)
            return false;
        hash = text[..first];
        second = text.Slice(first + 1, next);
        rest = text[(first + next + 2)..];
        return true;
    }

    // '0' or '1' for a local part in one of the two schemes, else a NUL.
    private static char Scheme(ReadOnlySpan<char> local) =>
        local.Length >= TagLength
            && local.StartsWith(Tag, StringComparison.OrdinalIgnoreCase) && local[3] is '0' or '1' && Separators.Contains(local[4])
            ? local[3]
            : '\0';
}
