// The JSON of RFC 8555 and RFC 9773, as far as we read and write it.
using System.Text.Json;
using System.Text.Json.Serialization;
using MailFunctions.Acme.Solvers;
using MailFunctions.Acme.State;

namespace MailFunctions.Acme;

internal sealed record DirectoryJson(string? NewNonce, string? NewAccount, string? NewOrder, string? RenewalInfo, DirectoryMetaJson? Meta);

internal sealed record DirectoryMetaJson(string? TermsOfService, bool ExternalAccountRequired);

internal sealed record NewAccountJson(bool TermsOfServiceAgreed, IReadOnlyList<string>? Contact, JsonElement? ExternalAccountBinding);

internal sealed record AccountAnswerJson(string? Status);

internal sealed record IdentifierJson(string? Type, string? Value);

internal sealed record NewOrderJson(IReadOnlyList<IdentifierJson> Identifiers, string? Replaces);

internal sealed record OrderJson(
    string? Status, IReadOnlyList<IdentifierJson>? Identifiers, IReadOnlyList<string>? Authorizations, string? Finalize, string? Certificate,
    ProblemJson? Error);

internal sealed record AuthorizationJson(string? Status, IdentifierJson? Identifier, IReadOnlyList<ChallengeJson>? Challenges);

internal sealed record ChallengeJson(string? Type, string? Url, string? Status, string? Token, ProblemJson? Error);

internal sealed record FinalizeJson(string Csr);

internal sealed record ProblemJson(string? Type, string? Detail, IReadOnlyList<ProblemJson>? Subproblems);

internal sealed record RenewalInfoJson(RenewalWindowJson? SuggestedWindow);

internal sealed record RenewalWindowJson(DateTimeOffset Start, DateTimeOffset End);

internal sealed record StoredAccountJson(int V, string? Directory, string? Account, string? Key, IReadOnlyList<string>? Names);

/// <summary>The serializers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectoryJson))]
[JsonSerializable(typeof(NewAccountJson))]
[JsonSerializable(typeof(AccountAnswerJson))]
[JsonSerializable(typeof(NewOrderJson))]
[JsonSerializable(typeof(OrderJson))]
[JsonSerializable(typeof(AuthorizationJson))]
[JsonSerializable(typeof(ChallengeJson))]
[JsonSerializable(typeof(FinalizeJson))]
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(RenewalInfoJson))]
[JsonSerializable(typeof(StoredAccountJson))]
[JsonSerializable(typeof(SecretJson))]
[JsonSerializable(typeof(RecordSetJson))]
[JsonSerializable(typeof(AzureErrorJson))]
internal sealed partial class AcmeJson : JsonSerializerContext;
