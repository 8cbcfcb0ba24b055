// The accounts, aliases and domains that all scenarios have.
using MailFunctions.Mail;
using MailFunctions.Mailctl.Dkim;
using MailFunctions.Simulation.Engine;
using MailFunctions.Simulation.Store;
using MailFunctions.Storage;

namespace MailFunctions.Simulation.Scenarios;

/// <summary>The calls that make them, recorded once and then repeated for every run.</summary>
internal sealed class Setup
{
    /// <summary>The name of the smarthost that mail for <c>routed.test</c> goes to.</summary>
    public const string Smarthost = "smarthost";

    private readonly List<SimRequest> _requests = [];

    private Setup()
    {
    }

    /// <summary>The domain whose server takes the mail for a domain.</summary>
    public static string ServerFor(string domain) => domain == "routed.test" ? $"{Smarthost}.test" : domain;

    /// <summary>Records the calls.</summary>
    public static async Task<Setup> RecordAsync()
    {
        var setup = new Setup();
        var store = new SimStore(TimeProvider.System, Dialect.Azure);
        using var stores = MailStores.Open(
            new StorageOptions { Storage = SimRequest.ConnectionString }, "Development",
            new StorageSeams
            {
                Transport = new SimTransport((request, _) =>
                {
                    setup._requests.Add(request);
                    return ValueTask.FromResult(store.Handle(request));
                }),
            });
        await stores.Layout.CreateAllAsync(CancellationToken.None);
        var carol = EmailAddress.Parse("carol@example.test");
        foreach (var name in (string[])["alice", "bob", "carol"])
        {
            await stores.Directory.Accounts.PutAsync(
                new Account(EmailAddress.Parse($"{name}@example.test"), ScramVerifier.Create(SimClient.Password, iterations: 1)), CancellationToken.None);
        }
        foreach (var domain in (string[])["example.test", "catch.test"])
            await stores.Directory.Domains.PutAsync(new LocalDomain(DomainName.Parse(domain), DomainKind.Local, carol), CancellationToken.None);
        await stores.Directory.Domains.PutAsync(new LocalDomain(DomainName.Parse("backed.test"), DomainKind.RelayFor, carol), CancellationToken.None);
        await stores.Directory.Routes.PutAsync(new DomainRoute(DomainName.Parse("routed.test"), Smarthost), CancellationToken.None);
        await stores.DkimKeys.Sets.PutAsync(
            new DkimKeySet(DomainName.Parse("catch.test"), KeyPairs.Make([], "sim", DkimKeyState.Signing, DateTimeOffset.UnixEpoch)), CancellationToken.None);
        await PutAliasAsync(stores, "both@example.test", "alice@example.test", "dave@far.test");
        await PutAliasAsync(stores, "team@example.test", "alice@example.test", "bob@example.test");
        await PutAliasAsync(stores, "away@example.test", "dave@far.test");
        await stores.Directory.Aliases.PutAsync(new Alias(AliasName.CatchAll(DomainName.Parse("catch.test")), [carol]), CancellationToken.None);
        return setup;
    }

    /// <summary>Repeats them.</summary>
    public void Apply(SimStore store)
    {
        foreach (var request in _requests)
            store.Handle(request);
    }

    private static Task PutAliasAsync(MailStores stores, string name, params string[] targets) => stores.Directory.Aliases.PutAsync(
        new Alias(AliasName.Of(EmailAddress.Parse(name)), [.. targets.Select(EmailAddress.Parse)]), CancellationToken.None);
}
