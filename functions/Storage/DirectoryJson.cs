// The directory's records as JSON.
using System.Text.Json;
using MailFunctions.Mail;

namespace MailFunctions.Storage;

/// <summary>How one kind of record is named, written and read.</summary>
/// <param name="Prefix">Where its blobs are.</param>
/// <param name="Name">The blob of a key.</param>
/// <param name="KeyOf">The key of a record.</param>
/// <param name="Write">The record as UTF-8 JSON.</param>
/// <param name="Read">The record of a JSON text of our version; throws <see cref="JsonException"/> or <see cref="FormatException"/>.</param>
internal sealed record DirectoryFormat<TKey, TRecord>(
    string Prefix, Func<TKey, string> Name, Func<TRecord, TKey> KeyOf, Func<TRecord, byte[]> Write, Func<byte[], TRecord> Read);

/// <summary>The kinds of records.</summary>
internal static class DirectoryFormats
{
    /// <summary>The version of directory records that this program writes and understands.</summary>
    public const int CurrentVersion = 1;

    private const string LocalKind = "local";
    private const string RelayForKind = "relayFor";

    /// <summary>Domains.</summary>
    public static DirectoryFormat<DomainName, LocalDomain> Domains { get; } = new(
        BlobNames.DomainPrefix, BlobNames.Domain, domain => domain.Name,
        domain => JsonSerializer.SerializeToUtf8Bytes(
            new DomainJson(CurrentVersion, domain.Name.Text, KindName(domain.Kind), domain.Postmaster.ToString(), StsModes.NameOf(domain.MtaSts)),
            StorageJson.Default.DomainJson),
        text => JsonSerializer.Deserialize(text, StorageJson.Default.DomainJson) is { Name: { } name, Postmaster: { } postmaster } json
            ? new LocalDomain(DomainName.Parse(name), ReadKind(json.Kind), EmailAddress.Parse(postmaster)) { MtaSts = ReadMode(json.MtaSts) }
            : throw new FormatException("a value is missing"));

    /// <summary>Accounts, keyed by their canonical address.</summary>
    public static DirectoryFormat<EmailAddress, Account> Accounts { get; } = new(
        BlobNames.AccountPrefix, BlobNames.Account, account => account.Address.Canonical,
        account => JsonSerializer.SerializeToUtf8Bytes(
            new AccountJson(
                CurrentVersion, account.Address.Canonical.ToString(), account.RemovedAt,
                new ScramJson(account.Verifier.Salt, account.Verifier.Iterations, account.Verifier.StoredKey, account.Verifier.ServerKey),
                account.Quota),
            StorageJson.Default.AccountJson),
        text => JsonSerializer.Deserialize(text, StorageJson.Default.AccountJson) is { Address: { } address, ScramSha256: { } scram, Quota: null or >= 0 } json
            ? new Account(EmailAddress.Parse(address), ReadVerifier(scram), json.RemovedAt, json.Quota)
            : throw new FormatException("a value is missing, or the quota is negative"));

    /// <summary>Aliases.</summary>
    public static DirectoryFormat<AliasName, Alias> Aliases { get; } = new(
        BlobNames.AliasPrefix, BlobNames.Alias, alias => alias.Name,
        alias => JsonSerializer.SerializeToUtf8Bytes(
            new AliasJson(
                CurrentVersion, alias.Name.LocalPart, alias.Name.Domain.Text, [.. alias.Targets.Select(target => target.ToString())]),
            StorageJson.Default.AliasJson),
        text => JsonSerializer.Deserialize(text, StorageJson.Default.AliasJson) is { Domain: { } domain, Targets: { } targets } json
            ? new Alias(new AliasName(json.LocalPart, DomainName.Parse(domain)), [.. targets.Select(target => EmailAddress.Parse(target))])
            : throw new FormatException("a value is missing"));

    /// <summary>Routes.</summary>
    public static DirectoryFormat<DomainName, DomainRoute> Routes { get; } = new(
        BlobNames.RoutePrefix, BlobNames.Route, route => route.Name,
        route => JsonSerializer.SerializeToUtf8Bytes(new RouteJson(CurrentVersion, route.Name.Text, route.Via), StorageJson.Default.RouteJson),
        text => JsonSerializer.Deserialize(text, StorageJson.Default.RouteJson) is { Name: { } name, Via: { } via } && DomainRoute.IsName(via)
            ? new DomainRoute(DomainName.Parse(name), via)
            : throw new FormatException("a value is missing"));

    /// <summary>Keys.</summary>
    public static DirectoryFormat<DomainName, DkimKeySet> DkimKeys { get; } = new(
        BlobNames.DkimPrefix, BlobNames.DkimKeys, set => set.Domain,
        set => JsonSerializer.SerializeToUtf8Bytes(
            new DkimKeySetJson(CurrentVersion, set.Domain.Text, [.. set.Keys.Select(DkimKeyJson.Of)]), StorageJson.Default.DkimKeySetJson),
        text => JsonSerializer.Deserialize(text, StorageJson.Default.DkimKeySetJson) is { Domain: { } domain, Keys: { } keys }
            ? new DkimKeySet(DomainName.Parse(domain), [.. keys.Select(key => RecordEntry.Present(key).ToKey())])
            : throw new FormatException("a value is missing"));

    private static string KindName(DomainKind kind) => kind switch
    {
        DomainKind.Local => LocalKind,
        DomainKind.RelayFor => RelayForKind,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static DomainKind ReadKind(string? name) => name switch
    {
        LocalKind => DomainKind.Local,
        RelayForKind => DomainKind.RelayFor,
        _ => throw new FormatException("the kind of domain is unknown"),
    };

    // Records that were written before there was a mode have none.
    private static StsMode ReadMode(string? name) =>
        name is null ? StsMode.Testing : StsModes.Read(name) ?? throw new FormatException("the mode of MTA-STS is unknown");

    private static ScramVerifier ReadVerifier(ScramJson scram) =>
        scram is { Salt: { } salt, StoredKey: { Length: 32 } storedKey, ServerKey: { Length: 32 } serverKey, Iterations: > 0 and var iterations }
            ? new ScramVerifier { Salt = salt, Iterations = iterations, StoredKey = storedKey, ServerKey = serverKey }
            : throw new FormatException("the verifier is incomplete");
}

/// <summary>A domain as JSON.</summary>
internal sealed record DomainJson(int V, string? Name, string? Kind, string? Postmaster, string? MtaSts = null);

/// <summary>An account as JSON.</summary>
internal sealed record AccountJson(int V, string? Address, DateTimeOffset? RemovedAt, ScramJson? ScramSha256, long? Quota);

/// <summary>A SCRAM-SHA-256 verifier as JSON; octets in base64.</summary>
internal sealed record ScramJson(byte[]? Salt, int Iterations, byte[]? StoredKey, byte[]? ServerKey);

/// <summary>An alias as JSON; without local part it is a catch-all.</summary>
internal sealed record AliasJson(int V, string? LocalPart, string? Domain, IReadOnlyList<string>? Targets);

/// <summary>A route as JSON.</summary>
internal sealed record RouteJson(int V, string? Name, string? Via);

/// <summary>A domain's keys as JSON.</summary>
internal sealed record DkimKeySetJson(int V, string? Domain, IReadOnlyList<DkimKeyJson?>? Keys);

/// <summary>A key as JSON.</summary>
internal sealed record DkimKeyJson(string? Selector, string? Pem, string? State, DateTimeOffset Since)
{
    /// <summary>The form of a key.</summary>
    public static DkimKeyJson Of(DkimPrivateKey key) => new(key.Selector, key.Pem, JsonNamingPolicy.CamelCase.ConvertName(key.State.ToString()), key.Since);

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">A value is missing or unknown.</exception>
    public DkimPrivateKey ToKey() => Selector is { Length: > 0 } && Pem is { Length: > 0 } && Enum.TryParse<DkimKeyState>(State, ignoreCase: true, out var state)
        ? new DkimPrivateKey(Selector, Pem, state, Since)
        : throw new FormatException("a key is incomplete");

    /// <inheritdoc/>
    public override string ToString() => Selector ?? "";
}
