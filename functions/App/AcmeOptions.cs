// Where the certificate is kept and how its names are proved, read from the configuration and checked at start.
using MailFunctions.Acme.Solvers;
using MailFunctions.Acme.State;
using Microsoft.Extensions.Options;

namespace MailFunctions.App;

/// <summary>The settings of renewing (section <c>Mail:Acme</c>). The authority, the account and the names stand in the vault, put there by mailctl.</summary>
/// <param name="Vault">The vault with certificate and account; null where somebody else renews.</param>
/// <param name="Zone">The resource id of the zone in which the proofs are set; null where <see cref="Vault"/> is.</param>
internal sealed record AcmeOptions(Uri? Vault, string? Zone)
{
    private const string VaultKey = "Mail:Acme:Vault";
    private const string ZoneKey = "Mail:Acme:Zone";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; the message names every key and says what is allowed.</exception>
    public static AcmeOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var (vaultText, zone) = (settings.Text(VaultKey), settings.Text(ZoneKey));
        var vault = vaultText is null ? null : KeyVaultSecrets.Find(vaultText);
        if (vaultText is not null && vault is null)
            settings.Fail($"{VaultKey} is '{vaultText}' and must be a vault's name or address, like https://kv-mail.vault.azure.net/.");
        if (zone is not null && !AzureDnsZone.IsZone(zone))
            settings.Fail($"{ZoneKey} is '{zone}' and must be the resource id of a zone in Azure DNS, as 'az network dns zone show --query id' prints it.");
        if (vaultText is null != zone is null)
            settings.Fail($"{VaultKey} and {ZoneKey} must be given together, or neither.");
        return settings.Failures.Count == 0
            ? new AcmeOptions(vault, zone)
            : throw new OptionsValidationException("Mail", typeof(AcmeOptions), settings.Failures);
    }
}
