// Which MTA-STS policy is in force, through changes, failures, other processes and time.
using MailFunctions.App;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Pipeline.Functions;

public sealed class StsPoliciesTests : IDisposable
{
    private const string Name = "_mta-sts.x.test";
    private static readonly DomainName X = DomainName.Parse("x.test");

    private readonly MemoryStores _stores = new();
    private readonly ZoneResolver _zone = new();
    private readonly ScriptedStsFetch _fetch = new();
    private readonly LogRecorder _log = new();
    private StsPolicies _policies;

    public StsPoliciesTests() => _policies = Process();

    [Fact]
    public async Task Domains_without_a_record_have_no_policy_and_cost_one_list_an_hour_however_many_they_are()
    {
        for (var time = 0; time < 100; time++)
            Assert.Null(await _policies.ForAsync(DomainName.Parse($"x{time % 10}.test"), default));
        Assert.Equal(["StsPolicies.List"], _stores.Faults.Calls);
        Assert.Empty(_fetch.Fetched);

        _stores.Time.Advance(StsPolicies.ListedEvery);
        await InForceAsync();
        await InForceAsync();
        Assert.Equal(["StsPolicies.List", "StsPolicies.List"], _stores.Faults.Calls);
    }

    [Fact]
    public async Task What_another_process_has_fetched_is_known_within_an_hour()
    {
        await InForceAsync();
        await _stores.StsPolicies.KeepAsync(new KeptStsPolicy(X, "1", Text("enforce", "a.test", 604_800), _stores.Clock.UtcNow), default);
        Assert.Equal("-", await InForceAsync());

        _stores.Time.Advance(StsPolicies.ListedEvery);
        Assert.Equal("Enforce a.test", await InForceAsync());
    }

    [Fact]
    public async Task A_policy_is_fetched_once_and_again_when_its_id_changes()
    {
        Publish("1", "enforce", "a.test", 604_800);
        Assert.Equal("Enforce a.test", await InForceAsync());
        _fetch.Publish("x.test", Text("enforce", "b.test", 604_800));
        Assert.Equal("Enforce a.test", await InForceAsync());
        Assert.Single(_fetch.Fetched);

        Publish("2", "testing", "b.test", 604_800);
        Assert.Equal("Testing b.test", await InForceAsync());
        Assert.Equal(2, _fetch.Fetched.Count);
        Assert.Equal("2", Assert.Single(_stores.StsPolicies.Kept).Id);
    }

    [Theory]
    [InlineData(604_800, 24)]
    [InlineData(36_000, 5)]
    public async Task A_policy_is_fetched_anew_each_day_or_when_half_its_time_is_over(int maxAge, int hours)
    {
        Publish("1", "enforce", "a.test", maxAge);
        await InForceAsync();
        _stores.Time.Advance(TimeSpan.FromHours(hours));
        await InForceAsync();
        Assert.Single(_fetch.Fetched);

        _stores.Time.Advance(TimeSpan.FromSeconds(1));
        await InForceAsync();
        await InForceAsync();
        Assert.Equal(2, _fetch.Fetched.Count);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("unknown")]
    [InlineData("doubled")]
    [InlineData("other id")]
    [InlineData("same id")]
    public async Task A_policy_that_can_be_learned_no_more_is_in_force_until_its_time_is_over(string trouble)
    {
        Publish("1", "enforce", "a.test", 604_800);
        await InForceAsync();
        _fetch.Fail("x.test");
        switch (trouble)
        {
            case "gone":
                _zone.Remove(Name);
                break;
            case "unknown":
                _zone.Fail(Name);
                break;
            case "doubled":
                _zone.AddTxt(Name, "v=STSv1; id=1;");
                break;
            case "other id":
                _zone.Remove(Name).AddTxt(Name, "v=STSv1; id=2;");
                break;
        }

        _stores.Time.Advance(TimeSpan.FromSeconds(604_799));
        Assert.Equal("Enforce a.test", await InForceAsync());
        _stores.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("-", await InForceAsync());
    }

    [Fact]
    public async Task After_a_failure_the_same_state_is_not_asked_for_again_for_five_minutes_but_another_is()
    {
        _zone.AddTxt(Name, "v=STSv1; id=1;");
        for (var time = 0; time < 10; time++)
            Assert.Equal("-", await InForceAsync());
        Assert.Single(_fetch.Fetched);

        _stores.Time.Advance(StsPolicies.FetchAgain);
        await InForceAsync();
        Assert.Equal(2, _fetch.Fetched.Count);

        Publish("2", "enforce", "a.test", 604_800);
        Assert.Equal("Enforce a.test", await InForceAsync());
    }

    [Fact]
    public async Task A_policy_lives_on_in_other_processes_even_where_its_record_is_hidden_from_them()
    {
        Publish("1", "enforce", "a.test", 604_800);
        await InForceAsync();
        _zone.Remove(Name);
        _fetch.Fail("x.test");

        _policies = Process();
        Assert.Equal("Enforce a.test", await InForceAsync());
        Assert.Equal("Enforce a.test", await InForceAsync());
        Assert.Single(_fetch.Fetched);
        Assert.Single(_stores.Faults.Calls, call => call == "StsPolicies.Find");
    }

    [Fact]
    public async Task What_is_kept_and_cannot_be_read_is_fetched_again()
    {
        await _stores.StsPolicies.KeepAsync(new KeptStsPolicy(X, "1", "version: STSv9", _stores.Clock.UtcNow), default);
        Publish("1", "enforce", "a.test", 604_800);

        Assert.Equal("Enforce a.test", await InForceAsync());
    }

    [Fact]
    public async Task Mode_none_ends_a_policy_before_its_time()
    {
        Publish("1", "enforce", "a.test", 604_800);
        await InForceAsync();
        Publish("2", "none", "a.test", 86_400);

        Assert.Equal("-", await InForceAsync());
        _policies = Process();
        Assert.Equal("-", await InForceAsync());
    }

    [Fact]
    public async Task Many_messages_at_once_fetch_a_policy_once()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Publish("1", "enforce", "a.test", 604_800);
        _fetch.Before = () => ready.Task;

        var all = Enumerable.Range(0, 20).Select(_ => InForceAsync()).ToList();
        ready.SetResult();

        Assert.All(await Task.WhenAll(all), found => Assert.Equal("Enforce a.test", found));
        Assert.Single(_fetch.Fetched);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_end_it_for_the_others()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Publish("1", "enforce", "a.test", 604_800);
        _fetch.Before = () => ready.Task;
        using var impatient = new CancellationTokenSource();

        var one = _policies.ForAsync(X, impatient.Token);
        var other = InForceAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        ready.SetResult();

        Assert.Equal("Enforce a.test", await other);
    }

    [Theory]
    [InlineData("StsPolicies.List")]
    [InlineData("StsPolicies.Find")]
    public async Task Storage_that_does_not_answer_stops_the_mail_of_a_domain_that_may_have_a_policy_there_until_it_does(string call)
    {
        await _stores.StsPolicies.KeepAsync(new KeptStsPolicy(X, "1", Text("enforce", "a.test", 604_800), _stores.Clock.UtcNow), default);
        _stores.Faults.FailEvery(call);
        await Assert.ThrowsAsync<StoreUnavailableException>(InForceAsync);

        _stores.Faults.Clear();
        Assert.Equal("Enforce a.test", await InForceAsync());
    }

    [Fact]
    public async Task A_policy_that_cannot_be_kept_is_in_force_all_the_same()
    {
        _stores.Faults.FailEvery("StsPolicies.Keep");
        Publish("1", "enforce", "a.test", 604_800);

        Assert.Equal("Enforce a.test", await InForceAsync());
        Assert.Contains(_log.Lines, line => line.Event == 1132);
    }

    [Fact]
    public async Task Nothing_is_asked_where_the_setting_is_off_or_the_domain_is_an_address()
    {
        Publish("1", "enforce", "a.test", 604_800);
        Assert.Null(await _policies.ForAsync(DomainName.Parse("[192.0.2.1]"), default));
        _policies = Process(isOn: false);
        Assert.Equal("-", await InForceAsync());

        Assert.Empty(_zone.Asked);
    }

    public void Dispose() => _log.Dispose();

    private StsPolicies Process(bool isOn = true) => new(
        _zone, _stores.StsPolicies, _fetch, _stores.Clock, _stores.Time,
        new RelayOptions { Hostname = DomainName.Parse("mail.example.test"), MtaSts = isOn }, _log.For<StsPolicies>());

    private void Publish(string id, string mode, string mx, int maxAge)
    {
        _zone.Remove(Name).AddTxt(Name, $"v=STSv1; id={id};");
        _fetch.Publish("x.test", Text(mode, mx, maxAge));
    }

    private static string Text(string mode, string mx, int maxAge) => $"version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: {maxAge}\n";

    private async Task<string> InForceAsync() =>
        await _policies.ForAsync(X, CancellationToken.None) is { } policy ? $"{policy.Mode} {string.Join(' ', policy.Patterns)}" : "-";
}
