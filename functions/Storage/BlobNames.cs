// Every container, queue and blob name, made here and nowhere else.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// The names of everything that is stored. Text that a user chose enters a name only escaped by <see cref="NameEscape"/>; the longest possible
/// address makes a name of less than 1,000 characters, where 1,024 are allowed.
/// </summary>
public static class BlobNames
{
    /// <summary>The container of accepted messages.</summary>
    public const string SpoolContainer = "spool";

    /// <summary>The container of what remains to be done.</summary>
    public const string LedgerContainer = "ledger";

    /// <summary>The container of the index by time.</summary>
    public const string DueContainer = "due";

    /// <summary>The container of delivered messages.</summary>
    public const string MailboxesContainer = "mailboxes";

    /// <summary>The container of domains, accounts, aliases and maildrop locks.</summary>
    public const string DirectoryContainer = "directory";

    /// <summary>The container of destinations that are down as a whole.</summary>
    public const string DestinationsContainer = "destinations";

    /// <summary>The container of what waits for an operator.</summary>
    public const string ParkedContainer = "parked";

    /// <summary>The container of the keys with which mail is signed.</summary>
    public const string KeysContainer = "keys";

    /// <summary>The container of what happened to messages.</summary>
    public const string TraceContainer = "trace";

    /// <summary>The container of other domains' MTA-STS policies.</summary>
    public const string PoliciesContainer = "policies";

    /// <summary>Where the directory's domains are.</summary>
    internal const string DomainPrefix = "domains/";

    /// <summary>Where the directory's accounts are.</summary>
    internal const string AccountPrefix = "accounts/";

    /// <summary>Where the directory's aliases are.</summary>
    internal const string AliasPrefix = "aliases/";

    /// <summary>Where the directory's routes are.</summary>
    internal const string RoutePrefix = "routes/";

    /// <summary>Where the keys for DKIM are.</summary>
    internal const string DkimPrefix = "dkim/";

    private const string LockPrefix = "locks/";
    private const string DueTimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";
    private const int DueTimeLength = 19;
    private const string TraceHourFormat = "yyyyMMddHH";

    // The escape never makes this (an underscore is followed by two hexadecimal digits), so a destination called "route" is another name.
    private const string RouteMark = "_route";

    /// <summary>The name of a queue.</summary>
    public static string Queue(WorkQueue queue) => queue switch
    {
        WorkQueue.Accepted => "accepted",
        WorkQueue.Relay => "relay",
        _ => throw new ArgumentOutOfRangeException(nameof(queue)),
    };

    /// <summary>The name of the queue to which the Functions host moves what failed too often.</summary>
    public static string PoisonQueue(WorkQueue queue) => $"{Queue(queue)}-poison";

    /// <summary>A message in the spool.</summary>
    public static string Spool(SpoolId id) => id.Text;

    /// <summary>The ledger of a message.</summary>
    public static string Ledger(SpoolId id) => id.Text;

    /// <summary>Reads the name of a spool blob or a ledger.</summary>
    public static bool TryParseId(string name, out SpoolId id) => SpoolId.TryParse(name, out id);

    /// <summary>The prefix of all copies of an account.</summary>
    public static string Mailbox(EmailAddress account) => $"{Address(account)}/";

    /// <summary>A copy in a mailbox.</summary>
    public static string MailboxCopy(EmailAddress account, SpoolId uid) => $"{Address(account)}/{uid.Text}";

    /// <summary>Reads the name of a copy in a mailbox.</summary>
    public static bool TryParseMailboxCopy(string name, out EmailAddress account, out SpoolId uid)
    {
        account = default;
        uid = default;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && SpoolId.TryParse(name.AsSpan(slash + 1), out uid)
            && NameEscape.TryDecode(name.AsSpan(0, slash), out var address)
            && EmailAddress.TryParse(address, out account) && Address(account) == name[..slash];
    }

    /// <summary>The lock of an account's maildrop, in the directory.</summary>
    public static string Lock(EmailAddress account) => LockPrefix + Address(account);

    /// <summary>A domain's record in the directory.</summary>
    public static string Domain(DomainName domain) => DomainPrefix + NameEscape.Encode(domain.Text);

    /// <summary>The record of a domain's route in the directory.</summary>
    public static string Route(DomainName domain) => RoutePrefix + NameEscape.Encode(domain.Text);

    /// <summary>The record of a domain's keys.</summary>
    public static string DkimKeys(DomainName domain) => DkimPrefix + NameEscape.Encode(domain.Text);

    /// <summary>An account's record in the directory.</summary>
    public static string Account(EmailAddress account) => AccountPrefix + Address(account);

    /// <summary>An alias's record in the directory; the catch-all's is the escape of <c>@domain</c>.</summary>
    public static string Alias(AliasName alias) => AliasPrefix + NameEscape.Encode(alias.ToString());

    /// <summary>The state of a destination that is down.</summary>
    public static string Destination(string destination) => NameEscape.Encode(destination);

    /// <summary>Reads the name of the state of a destination.</summary>
    public static bool TryParseDestination(string name, out string destination) => NameEscape.TryDecode(name, out destination);

    /// <summary>The MTA-STS policy of a domain.</summary>
    public static string StsPolicy(DomainName domain) => NameEscape.Encode(domain.Text);

    /// <summary>Reads the name of the MTA-STS policy of a domain.</summary>
    public static bool TryParseStsPolicy(string name, out DomainName domain)
    {
        domain = default;
        return NameEscape.TryDecode(name, out var text) && DomainName.TryParse(text, out domain);
    }

    /// <summary>A parked message.</summary>
    public static string Parked(SpoolId id) => id.Text;

    /// <summary>A parked queue text that names no message: a hash of queue and text.</summary>
    public static string Parked(WorkQueue queue, ReadOnlySpan<byte> text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(Queue(queue) + "\n"));
        hash.AppendData(text);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>An entry of the index by time. Names sort by time.</summary>
    public static string Due(DueEntry entry)
    {
        var time = entry.Time.UtcDateTime.ToString(DueTimeFormat, CultureInfo.InvariantCulture);
        return $"{time}/{entry.Id.Text}/{(entry.Destination is null ? RouteMark : NameEscape.Encode(entry.Destination))}";
    }

    /// <summary>Reads the name of an entry of the index by time; the count of poisonings is not in the name.</summary>
    public static bool TryParseDue(string name, out DueEntry? entry)
    {
        entry = null;
        const int idStart = DueTimeLength + 1;
        const int endStart = idStart + SpoolId.TextLength + 1;
        if (name.Length <= endStart || name[DueTimeLength] != '/' || name[endStart - 1] != '/'
            || !DateTimeOffset.TryParseExact(
                name.AsSpan(0, DueTimeLength), DueTimeFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            || !SpoolId.TryParse(name.AsSpan(idStart, SpoolId.TextLength), out var id))
        {
            return false;
        }
        string? destination = null;
        if (name.AsSpan(endStart) is not RouteMark)
        {
            if (!NameEscape.TryDecode(name.AsSpan(endStart), out var decoded))
                return false;
            destination = decoded;
        }
        entry = new DueEntry(time, id, destination, Poisoned: 0);
        return true;
    }

    /// <summary>What a process noted in an hour. Names sort by time.</summary>
    public static string Trace(DateTimeOffset time, string process) => $"{TraceHour(time)}{process}";

    /// <summary>The prefixes of all that was noted between two times, in order.</summary>
    public static IEnumerable<string> TraceHoursBetween(DateTimeOffset from, DateTimeOffset to)
    {
        for (var hour = from.UtcDateTime.Date.AddHours(from.UtcDateTime.Hour); hour <= to.UtcDateTime; hour = hour.AddHours(1))
            yield return TraceHour(hour);
    }

    private static string TraceHour(DateTimeOffset time) => time.UtcDateTime.ToString(TraceHourFormat, CultureInfo.InvariantCulture) + "/";

    private static string Address(EmailAddress address) => NameEscape.Encode(address.Canonical.ToString());
}
