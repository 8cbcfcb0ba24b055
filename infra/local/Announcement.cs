// What a person is told when everything runs.
namespace MailFunctions.Local;

/// <summary>The few lines before the ready line: what to type into a mail client.</summary>
internal static class Announcement
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(LocalOptions options, IReadOnlyList<SeededAccount> accounts, string certificate)
    {
        var ports = new Ports(options.PortOffset);
        yield return $"MailFunctions runs for {string.Join(", ", options.Domains)}. In a mail client:";
        yield return $"  incoming  POP3  127.0.0.1 port {ports.Pop3s} (TLS) or {ports.Pop3} (STARTTLS, or none from this machine)";
        yield return $"  outgoing  SMTP  127.0.0.1 port {ports.Submissions} (TLS) or {ports.Submission} (STARTTLS)";
        foreach (var account in accounts)
            yield return $"  {account.Address}  password {account.Password ?? $"as before (--account {account.Address}=PASSWORD sets another)"}";
        yield return $"Mail from other servers comes in on 127.0.0.1 port {ports.Smtp}. The certificate is self-signed: {certificate}";
        yield return options.Relay ? "Mail for other domains is sent." : "Mail for other domains is held; --relay sends it.";
        yield return $"Web: http://{Ports.At(ports.Web)}/  Data: {options.DataFolder}  Ctrl-C stops everything.";
    }
}
