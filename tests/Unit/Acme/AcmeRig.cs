// A client beside a scripted authority, with a clock that moves only where the client waits.
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using MailFunctions.Rig;
using MailFunctions.Rig.Acme;

namespace MailFunctions.Unit.Acme;

internal sealed class AcmeRig : IAsyncDisposable
{
    public static readonly string[] Names = ["mail.example.org", "pop.example.org"];

    private AcmeRig(TestCertificates certificates, FakeTime time, ScriptedAuthority authority)
    {
        (Certificates, Time, Authority) = (certificates, time, authority);
        Seams = new AcmeSeams
        {
            Clock = time,
            Wait = (wait, _) =>
            {
                Waits.Add(wait);
                time.Advance(wait);
                return Task.CompletedTask;
            },
        };
    }

    public TestCertificates Certificates { get; }

    public FakeTime Time { get; }

    public ScriptedAuthority Authority { get; }

    public AcmeSeams Seams { get; }

    public List<TimeSpan> Waits { get; } = [];

    public NotedProofs Solver { get; } = new();

    public MemoryStore Store { get; } = new();

    public static async Task<AcmeRig> StartAsync(AuthorityScript? script = null)
    {
        var (certificates, time) = (new TestCertificates(), new FakeTime());
        return new AcmeRig(certificates, time, await ScriptedAuthority.StartAsync(script ?? new AuthorityScript(), certificates, time));
    }

    public Renewal Renewal => new(Store, [Certificates.Root], Seams);

    public CertificateWish Wish => new(Authority.Directory, Names, Agreed: true, Contact: null, External: null);

    public Task<RenewalOutcome> IssueAsync() => Renewal.IssueAsync(Wish, Solver, TestContext.Current.CancellationToken);

    public Task<RenewalOutcome> RenewAsync(bool force = false) => Renewal.RenewAsync(Solver, force, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Authority.DisposeAsync();
        Certificates.Dispose();
    }
}

/// <summary>Shows proofs to nobody.</summary>
internal sealed class NotedProofs : IChallengeSolver
{
    public string Type { get; set; } = "dns-01";

    public TimeSpan Settling { get; set; } = TimeSpan.FromSeconds(60);

    public Dictionary<string, Challenge> Shown { get; } = [];

    public List<Challenge> Ever { get; } = [];

    /// <summary>What showing fails with; null if it does not.</summary>
    public AcmeException? Failure { get; set; }

    public Task PublishAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        Ever.Add(challenge);
        Shown[challenge.Name] = challenge;
        return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
    }

    public Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        Shown.Remove(challenge.Name);
        return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
    }
}

/// <summary>Two secrets in memory.</summary>
internal sealed class MemoryStore : ICertificateStore
{
    public Dictionary<StoredItem, string> Items { get; } = [];

    /// <summary>What cannot be written; null for nothing.</summary>
    public StoredItem? ReadOnly { get; set; }

    public string Place => "memory";

    public Task<string?> ReadAsync(StoredItem item, CancellationToken cancellationToken) => Task.FromResult(Items.GetValueOrDefault(item));

    public Task WriteAsync(StoredItem item, string text, CancellationToken cancellationToken)
    {
        if (item == ReadOnly)
            throw new AcmeException(AcmeTroubleKind.StateUnusable, "memory cannot be written");
        Items[item] = text;
        return Task.CompletedTask;
    }
}
