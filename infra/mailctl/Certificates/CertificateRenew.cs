// mailctl certificate renew
using System.CommandLine;
using MailFunctions.Acme;
using MailFunctions.Acme.State;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>Orders the certificate anew where that is due; for a timer of the machine's.</summary>
internal sealed class CertificateRenew : CertificateVerb
{
    private readonly Option<bool> _force = new("--force") { Description = "Order even if it is not due." };
    private readonly ChallengeOptions _challenge = new();

    public CertificateRenew(Workstation workstation)
        : base(
            workstation, "renew", "Renews the certificate if it is due: run it once a day.",
            "mailctl certificate renew --out /etc/mailfunctions/tls --http 0.0.0.0:80")
    {
        Add(_force);
        _challenge.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, ICertificateStore store, AzureCalls azure, CancellationToken cancellationToken)
    {
        var renewal = new Renewal(store, RootsOf(_challenge.RootsOf(arguments)), new AcmeSeams { Clock = Workstation.Clock });
        var solver = _challenge.Open(arguments, azure, Workstation.Clock);
        await using (solver as IAsyncDisposable)
        {
            return await renewal.RenewAsync(solver, arguments.GetValue(_force), cancellationToken) switch
            {
                RenewalOutcome.Renewed(var certificate) => new Answer.Done(CertificateReport.Of("renewed", store, certificate, null)),
                RenewalOutcome.NotDue(var certificate, var at, _) => new Answer.Done(CertificateReport.Of("kept", store, certificate, at)),
                RenewalOutcome.Failed(var trouble) => AnswerTo(trouble),
                _ => throw new InvalidOperationException("There is no other outcome."),
            };
        }
    }
}
