// mailctl certificate issue
using System.Buffers.Text;
using System.CommandLine;
using System.CommandLine.Parsing;
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>Orders a certificate, and makes the account that later renewals are ordered by.</summary>
internal sealed class CertificateIssue : CertificateVerb
{
    private const string DefaultDirectory = "https://acme-v02.api.letsencrypt.org/directory";

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "The names that clients and servers connect to, like mail.example.org.",
        Arity = new ArgumentArity(1, 20),
        CustomParser = result => [.. result.Tokens.Select(token => ReadName(token.Value, result)).Distinct(StringComparer.Ordinal)],
    };

    private readonly Option<bool> _agree = new("--agree-to-terms") { Description = "You have read the authority's terms of service and agree to them." };
    private readonly Option<string?> _email = new("--email") { Description = "Where the authority may write to.", HelpName = "ADDRESS" };
    private readonly Option<Uri> _directory = new("--directory")
    {
        Description = $"The authority's ACME directory ({DefaultDirectory}).",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri(DefaultDirectory),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps)
                return url;
            result.AddError($"'{result.Tokens[0].Value}' is not the https address of a directory.");
            return null;
        },
    };

    private readonly Option<string?> _externalId = new("--eab-kid") { Description = "The name of an account that you have at the authority.", HelpName = "ID" };
    private readonly Option<string?> _externalKey = new("--eab-key-file") { Description = "A file with its key, as base64url.", HelpName = "FILE" };
    private readonly ChallengeOptions _challenge = new();

    public CertificateIssue(Workstation workstation)
        : base(
            workstation, "issue", "Orders a certificate by ACME and stores it for the gateway.",
            "mailctl certificate issue mail.example.org --out /etc/mailfunctions/tls --http 0.0.0.0:80 --agree-to-terms")
    {
        Add(_names);
        foreach (var option in new Option[] { _agree, _email, _directory, _externalId, _externalKey })
            Add(option);
        _challenge.AddTo(this);
        Validators.Add(RequireBoth);
    }

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, ICertificateStore store, AzureCalls azure, CancellationToken cancellationToken)
    {
        var external = await ExternalAsync(arguments, cancellationToken);
        var wish = new CertificateWish(
            arguments.GetRequiredValue(_directory), arguments.GetRequiredValue(_names), arguments.GetValue(_agree), arguments.GetValue(_email), external);
        var renewal = new Renewal(store, RootsOf(_challenge.RootsOf(arguments)), new AcmeSeams { Clock = Workstation.Clock });
        var solver = _challenge.Open(arguments, azure, Workstation.Clock);
        await using (solver as IAsyncDisposable)
        {
            return await renewal.IssueAsync(wish, solver, cancellationToken) switch
            {
                RenewalOutcome.Renewed(var certificate) => new Answer.Done(CertificateReport.Of("issued", store, certificate, null)),
                RenewalOutcome.Failed(var trouble) => AnswerTo(trouble),
                _ => throw new InvalidOperationException("An order is not put off."),
            };
        }
    }

    private async Task<ExternalAccount?> ExternalAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_externalId) is not { } id || arguments.GetValue(_externalKey) is not { } path)
            return null;
        try
        {
            return new ExternalAccount(id, Base64Url.DecodeFromChars((await File.ReadAllTextAsync(path, cancellationToken)).Trim()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} cannot be read as a key in base64url", error);
        }
    }

    private void RequireBoth(CommandResult result)
    {
        if (result.GetResult(_externalId) is { Implicit: false } != result.GetResult(_externalKey) is { Implicit: false })
            result.AddError("--eab-kid and --eab-key-file go together.");
    }

    private static string ReadName(string text, ArgumentResult result)
    {
        var name = DomainName.TryParse(text, out var domain) && !domain.IsLiteral ? domain.Text.ToLowerInvariant() : text;
        if (!HostNames.IsValid(name))
            result.AddError($"'{text}' is not a name for a certificate: give one like mail.example.org.");
        return name;
    }
}
