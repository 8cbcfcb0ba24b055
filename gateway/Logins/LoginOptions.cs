// What may be configured of logins.
using System.Text;

namespace MailFunctions.Gateway.Logins;

/// <summary>Section <c>Mail:Logins</c>.</summary>
internal sealed class LoginOptions
{
    private const int MinSaltKeyLength = 16;
    private static readonly TimeSpan LongestRemembered = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromDays(1);

    /// <summary>How many failures of one client, or at one account, are free.</summary>
    public int BackoffAfter { get; set; } = 10;

    /// <summary>The wait after the last of them; each further failure doubles it.</summary>
    public TimeSpan BackoffFirst { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait, and the time in which one failure is forgotten.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For how long after its last use a right password is known without hashing it again; zero for never.</summary>
    public TimeSpan Remember { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether SCRAM-SHA-256-PLUS is in the list of mechanisms; a client that is told to use it may in any case. Not by default: clients of GNU SASL choose
    /// what is strongest in the list, and then find that they can bind by tls-exporter only, which the platform cannot compute.
    /// </summary>
    public bool ChannelBinding { get; set; }

    /// <summary>
    /// A secret of at least 16 octets, the same for all gateways and always, from which accounts that do not exist have their salts; none: a random one
    /// at each start, and whoever asks before and after one learns which accounts exist.
    /// </summary>
    public string SaltKey { get; set; } = "";

    /// <summary>Adds a line for each value that is not allowed.</summary>
    public void Check(List<string> errors)
    {
        if (BackoffAfter is < 1 or > 1_000)
            errors.Add($"Mail:Logins:BackoffAfter is {BackoffAfter}: 1 to 1000 failures are allowed.");
        if (BackoffFirst <= TimeSpan.Zero || BackoffFirst > LongestBackoff)
            errors.Add($"Mail:Logins:BackoffFirst is {BackoffFirst}: more than 0 and at most {LongestBackoff} is allowed, like 00:00:10.");
        if (BackoffMax < BackoffFirst || BackoffMax > LongestBackoff)
            errors.Add($"Mail:Logins:BackoffMax is {BackoffMax}: from Mail:Logins:BackoffFirst ({BackoffFirst}) to {LongestBackoff} is allowed, like 01:00:00.");
        if (Remember < TimeSpan.Zero || Remember > LongestRemembered)
            errors.Add($"Mail:Logins:Remember is {Remember}: 0 to {LongestRemembered} is allowed, like 00:05:00.");
        if (SaltKey.Length > 0 && Encoding.UTF8.GetByteCount(SaltKey) < MinSaltKeyLength) // the value is a secret: it is not repeated
            errors.Add($"Mail:Logins:SaltKey has less than {MinSaltKeyLength} octets: give a longer secret, or none.");
    }
}
