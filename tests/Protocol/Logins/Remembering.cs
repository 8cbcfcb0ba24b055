// Passwords that were right a moment ago cost no derivation, and are known for no longer than they are right.
using System.Net;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Logins;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Logins;

public sealed class Remembering : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly MemoryDirectory _directory = new MemoryDirectory().Domain("us.test", "alice@us.test").Account("alice@us.test").Account("bob@us.test");
    private readonly GatewayOptions _options = new();
    private readonly PasswordHashing _hashing;
    private readonly Authenticator _logins;
    private int _derivations;

    public Remembering()
    {
        _hashing = new PasswordHashing(1, (verifier, password) =>
        {
            _derivations++;
            return verifier.Verify(password.Span);
        });
        _logins = new Authenticator(_directory, _hashing, _options, _time);
    }

    public ValueTask DisposeAsync() => _hashing.DisposeAsync();

    [Fact]
    public async Task A_client_that_polls_costs_one_derivation()
    {
        for (var i = 0; i < 100; i++)
        {
            await AcceptedAsync("alice@us.test", "secret");
            _time.Advance(TimeSpan.FromMinutes(4));
        }
        Assert.Equal(1, _derivations);
    }

    [Fact]
    public async Task What_was_not_used_for_five_minutes_is_forgotten()
    {
        await AcceptedAsync("alice@us.test", "secret");
        _time.Advance(TimeSpan.FromMinutes(5));
        await AcceptedAsync("alice@us.test", "secret");
        Assert.Equal(2, _derivations);
    }

    [Fact]
    public async Task Another_password_is_checked_and_refused_and_the_right_one_still_known()
    {
        await AcceptedAsync("alice@us.test", "secret");
        await RefusedAsync("alice@us.test", "secre");
        await AcceptedAsync("alice@us.test", "secret");
        Assert.Equal(2, _derivations);
    }

    [Fact]
    public async Task One_accounts_password_opens_no_other_with_the_same()
    {
        await AcceptedAsync("alice@us.test", "secret");
        await AcceptedAsync("bob@us.test", "secret");
        Assert.Equal(2, _derivations);
    }

    [Fact]
    public async Task A_password_that_was_changed_is_not_right_any_more()
    {
        await AcceptedAsync("alice@us.test", "secret");
        _directory.Account("alice@us.test", "another");
        await RefusedAsync("alice@us.test", "secret");
        await AcceptedAsync("alice@us.test", "another");
    }

    [Fact]
    public async Task An_account_that_was_removed_is_not_remembered()
    {
        await AcceptedAsync("alice@us.test", "secret");
        _directory.Account("alice@us.test", removedAt: _time.GetUtcNow());
        await RefusedAsync("alice@us.test", "secret");
    }

    [Fact]
    public async Task Nothing_is_remembered_where_that_is_configured()
    {
        _options.Logins.Remember = TimeSpan.Zero;
        await AcceptedAsync("alice@us.test", "secret");
        await AcceptedAsync("alice@us.test", "secret");
        Assert.Equal(2, _derivations);
    }

    private async Task AcceptedAsync(string name, string password) => Assert.IsType<LoginResult.Accepted>(await TryAsync(name, password));

    private async Task RefusedAsync(string name, string password) => Assert.IsType<LoginResult.Refused>(await TryAsync(name, password));

    private Task<LoginResult> TryAsync(string name, string password) =>
        _logins.LogInAsync(new LoginAttempt(name, IPAddress.Parse("192.0.2.9")), Encoding.UTF8.GetBytes(password), CancellationToken.None);
}
