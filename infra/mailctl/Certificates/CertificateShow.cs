// mailctl certificate show
using System.CommandLine;
using MailFunctions.Acme;
using MailFunctions.Acme.State;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>Shows the certificate that is stored, whoever issued it. Asks no authority.</summary>
internal sealed class CertificateShow(Workstation workstation) : CertificateVerb(
    workstation, "show", "Shows the certificate that is stored: names, issuer, times.", "mailctl certificate show --vault kv-mail --json")
{
    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, ICertificateStore store, AzureCalls azure, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(StoredItem.Certificate, cancellationToken) is not { } pem)
            return new Answer.Refused($"{store.Place} holds no certificate: 'mailctl certificate issue' gets one.");
        if (CertificateFacts.Read(pem) is not { } certificate)
            return new Answer.Refused($"what {store.Place} holds is not a certificate.");
        var report = CertificateReport.Of("shown", store, certificate, RenewalPlan.TimeOf(certificate, null));
        return certificate.NotAfter > Workstation.Clock.GetUtcNow() ? new Answer.Done(report) : new Answer.Done(report, ["the certificate has ended."]);
    }
}
