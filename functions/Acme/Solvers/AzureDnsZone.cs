// DNS-01 by a zone in Azure DNS.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Acme.Solvers;

internal sealed record RecordSetJson(RecordSetBodyJson Properties);

internal sealed record RecordSetBodyJson(
    [property: JsonPropertyName("TTL")] int TimeToLive, [property: JsonPropertyName("TXTRecords")] IReadOnlyList<TxtRecordJson> Records);

internal sealed record TxtRecordJson(IReadOnlyList<string> Value);

/// <summary>
/// Writes the record of a proof, which <c>infra/modules/acme-zone.bicep</c> makes: the role is on that record alone, and would go with it, so it is never
/// deleted but written over with a hyphen. A name that is not in the zone is proved by an alias: its <c>_acme-challenge</c> record is a CNAME that leads to
/// <c>_acme-challenge.{name}</c> in this zone (RFC 8555 8.4 follows it).
/// </summary>
public sealed class AzureDnsZone : IChallengeSolver
{
    private const string Scope = "https://management.azure.com/.default";
    private const string Nothing = "-";
    private const int TimeToLive = 60;

    private readonly AzureCalls _calls;
    private readonly Uri _resource;
    private readonly string _zone;

    /// <summary>Makes one.</summary>
    /// <param name="calls">Speaks to Azure.</param>
    /// <param name="resource">The zone's resource id, which <see cref="IsZone"/> accepts.</param>
    /// <param name="settling">How long until its servers all have it.</param>
    public AzureDnsZone(AzureCalls calls, string resource, TimeSpan settling)
        : this(calls, resource, settling, new Uri("https://management.azure.com"))
    {
    }

    /// <summary>Makes one elsewhere, for a test.</summary>
    internal AzureDnsZone(AzureCalls calls, string resource, TimeSpan settling, Uri management)
    {
        _calls = calls;
        _resource = new Uri(management, resource);
        _zone = resource[(resource.LastIndexOf('/') + 1)..].ToLowerInvariant();
        Settling = settling;
    }

    /// <inheritdoc/>
    public string Type => "dns-01";

    /// <inheritdoc/>
    public TimeSpan Settling { get; }

    /// <summary>Whether a text is the resource id of a zone.</summary>
    public static bool IsZone(string resource) =>
        resource.Split('/') is
            ["", var subscriptions, { Length: > 0 } id, var groups, { Length: > 0 } group, var providers, var network, var zones, { Length: > 0 } zone]
        && Same(subscriptions, "subscriptions") && Same(groups, "resourceGroups") && Same(providers, "providers")
        && Same(network, "Microsoft.Network") && Same(zones, "dnsZones") && HostNames.IsValid(zone.ToLowerInvariant())
        && id.All(IsPlain) && group.All(IsPlain);

    /// <inheritdoc/>
    public Task PublishAsync(Challenge challenge, CancellationToken cancellationToken) => PutAsync(challenge, challenge.RecordValue, cancellationToken);

    /// <inheritdoc/>
    public Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken) => PutAsync(challenge, Nothing, cancellationToken);

    private async Task PutAsync(Challenge challenge, string value, CancellationToken cancellationToken)
    {
        var name = challenge.Name == _zone ? "_acme-challenge"
            : challenge.Name.EndsWith($".{_zone}", StringComparison.Ordinal) ? challenge.RecordName[..^(_zone.Length + 1)]
            : challenge.RecordName;
        var url = new Uri($"{_resource.AbsoluteUri}/TXT/{name}?api-version=2018-05-01");
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new RecordSetJson(new RecordSetBodyJson(TimeToLive, [new TxtRecordJson([value])])), AcmeJson.Default.RecordSetJson);
        var answer = await _calls.SendAsync(HttpMethod.Put, url, Scope, body, cancellationToken);
        if (!answer.IsSuccess)
            throw new AcmeException(AcmeTroubleKind.ChallengeNotSet, $"the record {name} of the zone {_zone} could not be written: {AzureCalls.Words(answer)}");
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '(' or ')';

    private static bool Same(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
}
