// What the certificate verbs print.
using System.Text.Json;
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using Spectre.Console;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>A certificate and what was done with it.</summary>
/// <param name="Action"><c>issued</c>, <c>renewed</c>, <c>kept</c> or <c>shown</c>.</param>
/// <param name="Place">The folder or vault.</param>
/// <param name="Names">The names that it is for.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Serial">Its number.</param>
/// <param name="NotBefore">From when on it is valid.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="RenewAt">When it is to be renewed; null where nobody looked.</param>
internal sealed record CertificateReport(
    string Action, string Place, IReadOnlyList<string> Names, string Issuer, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter,
    DateTimeOffset? RenewAt) : IReport
{
    public static CertificateReport Of(string action, ICertificateStore store, CertificateFacts certificate, DateTimeOffset? renewAt) => new(
        action, store.Place, certificate.Names, certificate.Issuer, certificate.Serial, certificate.NotBefore, certificate.NotAfter, renewAt);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.CertificateReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{string.Join(", ", Names)}: certificate {Action} ({Place}).");
        console.PrintLine($"  issued by {Issuer}, serial {Serial}");
        console.PrintLine($"  valid from {NotBefore.ForPeople()} to {NotAfter.ForPeople()}");
        if (RenewAt is { } at)
            console.PrintLine($"  to be renewed from {at.ForPeople()}");
    }
}
