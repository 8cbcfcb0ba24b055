// The shape of the certificate verbs, which work on a folder or a vault and need no mail storage.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Identity;
using MailFunctions.Acme;
using MailFunctions.Acme.State;

namespace MailFunctions.Mailctl.Certificates;

/// <summary>A verb on the certificate: knows where it is kept, and what becomes of trouble.</summary>
internal abstract class CertificateVerb : StoragelessVerb
{
    private readonly Workstation _workstation;
    private readonly Option<string?> _out = new("--out") { Description = "The folder with certificate.pem and acme-account.json.", HelpName = "FOLDER" };
    private readonly Option<Uri?> _vault = new("--vault")
    {
        Description = "The Key Vault with the secrets 'certificate' and 'acme-account': its name, or its https address. Your own login is used.",
        HelpName = "NAME",
        CustomParser = result =>
        {
            var vault = KeyVaultSecrets.Find(result.Tokens[0].Value);
            if (vault is null)
                result.AddError($"'{result.Tokens[0].Value}' is not a vault: give a name like kv-mail, or an address like https://kv-mail.vault.azure.net.");
            return vault;
        },
    };

    protected CertificateVerb(Workstation workstation, string name, string description, string example)
        : base(name, description, example)
    {
        _workstation = workstation;
        Add(_out);
        Add(_vault);
        Validators.Add(RequireOnePlace);
    }

    /// <summary>The machine.</summary>
    protected Workstation Workstation => _workstation;

    /// <inheritdoc/>
    public sealed override async Task<Answer> AnswerAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var azure = new AzureCalls(TokenAsync, null, _workstation.Clock);
        ICertificateStore store = arguments.GetValue(_vault) is { } vault
            ? new KeyVaultSecrets(azure, vault)
            : new CertificateFolder(arguments.GetRequiredValue(_out)!);
        try
        {
            return await RunAsync(arguments, store, azure, cancellationToken);
        }
        catch (AcmeException error)
        {
            return AnswerTo(error.Trouble);
        }
    }

    /// <summary>Does it.</summary>
    /// <exception cref="AcmeException">It could not.</exception>
    protected abstract Task<Answer> RunAsync(ParseResult arguments, ICertificateStore store, AzureCalls azure, CancellationToken cancellationToken);

    /// <summary>What to answer to trouble: only for what may be gone in a minute is there another exit code.</summary>
    protected static Answer AnswerTo(AcmeTrouble trouble) => trouble.Kind is AcmeTroubleKind.Unreachable or AcmeTroubleKind.TooSlow
        ? new Answer.Unreachable(trouble.Text)
        : new Answer.Refused(trouble.Text);

    /// <summary>Reads the certificates of a file.</summary>
    /// <exception cref="AcmeException">It has none.</exception>
    protected static X509Certificate2Collection? RootsOf(string? path)
    {
        if (path is null)
            return null;
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(path);
            return roots.Count > 0 ? roots : throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} has no certificate in it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} cannot be read as PEM certificates: {error.Message}", error);
        }
    }

    private static async ValueTask<string> TokenAsync(string scope, CancellationToken cancellationToken)
    {
        try
        {
            return (await new DefaultAzureCredential().GetTokenAsync(new TokenRequestContext([scope]), cancellationToken)).Token;
        }
        catch (AuthenticationFailedException error)
        {
            throw new AcmeException(AcmeTroubleKind.StateUnusable, "nobody is logged in to Azure here: run 'az login' first", error);
        }
    }

    private void RequireOnePlace(CommandResult result)
    {
        if (result.GetResult(_out) is { Implicit: false } == result.GetResult(_vault) is { Implicit: false })
            result.AddError("Say where the certificate is kept: --out FOLDER, or --vault NAME.");
    }
}
