// What whoever guesses passwords learns, and what it costs everybody else.
using System.Net;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol.Logins;

public sealed class Guessing
{
    private const string Attacker = "203.0.113.5";
    private const string Home = "198.51.100.7";

    [Theory]
    [InlineData("SMTP", "PLAIN")]
    [InlineData("SMTP", "LOGIN")]
    [InlineData("SMTP", "SCRAM-SHA-256")]
    [InlineData("POP3", "PLAIN")]
    [InlineData("POP3", "LOGIN")]
    [InlineData("POP3", "SCRAM-SHA-256")]
    public async Task AU_01_an_unknown_user_and_a_wrong_password_are_answered_by_the_same(string protocol, string mechanism)
    {
        var known = await StoryAsync(protocol, mechanism, "alice@us.test");
        var unknown = await StoryAsync(protocol, mechanism, "carol@us.test");
        Assert.Equal(known, unknown);
        Assert.EndsWith("refused", known, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AU_01_an_unknown_user_costs_the_same_derivation_as_a_wrong_password()
    {
        var derivations = new List<int>();
        await using var hashing = new PasswordHashing(1, (verifier, _) =>
        {
            derivations.Add(verifier.Iterations);
            return false;
        });
        var directory = new MemoryDirectory().Domain("us.test", "alice@us.test").Account("alice@us.test", "secret", iterations: ScramVerifier.DefaultIterations);
        var logins = new Authenticator(directory, hashing, new GatewayOptions(), new ManualTime());
        foreach (var name in new[] { "alice@us.test", "carol@us.test", "alice@far.test", "no address" })
            Assert.IsType<LoginResult.Refused>(await logins.LogInAsync(new LoginAttempt(name, IPAddress.Parse(Attacker)), "x"u8.ToArray(), CancellationToken.None));
        Assert.Equal(Enumerable.Repeat(ScramVerifier.DefaultIterations, 4), derivations);
    }

    [Fact]
    public async Task AU_01_an_unknown_user_has_the_same_salt_each_time_and_after_a_restart()
    {
        var salts = new HashSet<string>();
        for (var start = 0; start < 2; start++)
        {
            await using var line = await LoginLine.ConnectAsync("SMTP", options => options.Logins.SaltKey = "a secret of the operator's");
            for (var i = 0; i < 2; i++)
            {
                salts.Add((await line.BeginAsync("SCRAM-SHA-256", $"n,,n=carol@us.test,r={ScramPeer.Nonce}")).Split(",s=")[1]);
                await line.AskAsync("*");
            }
        }
        Assert.Single(salts);
    }

    [Fact]
    public async Task AU_02_no_verb_tells_which_accounts_exist()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO c.test");
        var answers = new List<string?>();
        foreach (var name in new[] { "alice@us.test", "nobody@us.test" })
        {
            answers.Add(await client.AskAsync($"VRFY {name}"));
            answers.Add(await client.AskAsync($"EXPN {name}"));
        }
        Assert.Equal(answers[..2], answers[2..]);
        Assert.StartsWith("252", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("502", answers[1], StringComparison.Ordinal);

        await using var server = new Pop3Server();
        var mailbox = server.Connect();
        await mailbox.ReadLineAsync();
        foreach (var name in new[] { "alice@example.test", "nobody@example.test" })
            Assert.Equal("+OK Send PASS", await mailbox.SayAsync($"USER {name}"));
        Assert.Equal("-ERR Command not known here", await mailbox.SayAsync("APOP alice@example.test 0123456789abcdef0123456789abcdef"));
    }

    [Fact]
    public async Task AU_03_whoever_fails_too_often_waits_and_each_failure_more_doubles_the_wait()
    {
        var time = new ManualTime();
        await using var rig = new LoginRig(time);
        for (var i = 0; i < 3; i++)
            Assert.IsType<LoginResult.Refused>(await rig.TryAsync("alice@us.test", "wrong", Attacker));
        var first = Assert.IsType<LoginResult.Delayed>(await rig.TryAsync("alice@us.test", "secret", Attacker));
        Assert.Equal(TimeSpan.FromSeconds(10), first.Wait);
        Assert.IsType<LoginResult.Delayed>(await rig.TryAsync("bob@us.test", "secret", Attacker)); // the address is the same
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.IsType<LoginResult.Refused>(await rig.TryAsync("alice@us.test", "wrong", Attacker));
        var second = Assert.IsType<LoginResult.Delayed>(await rig.TryAsync("alice@us.test", "secret", Attacker));
        Assert.Equal(TimeSpan.FromSeconds(20), second.Wait);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Attacker));
    }

    [Fact]
    public async Task AU_03_an_attacker_with_a_thousand_addresses_locks_no_owner_out()
    {
        var time = new ManualTime();
        await using var rig = new LoginRig(time);
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Home));
        for (var i = 0; i < 1_000; i++)
        {
            await rig.TryAsync("alice@us.test", "wrong", $"203.0.{i / 250}.{i % 250}");
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.IsType<LoginResult.Delayed>(await rig.TryAsync("alice@us.test", "secret", Attacker));
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Home));
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("bob@us.test", "secret", "192.0.2.1")); // and nobody else
    }

    [Fact]
    public async Task AU_03_a_neighbour_behind_the_owners_address_can_only_slow_him()
    {
        var time = new ManualTime();
        await using var rig = new LoginRig(time);
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Home));
        for (var i = 0; i < 200; i++)
        {
            await rig.TryAsync("alice@us.test", "wrong", Home);
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Home));
    }

    [Theory]
    [InlineData("SMTP")]
    [InlineData("POP3")]
    public async Task AU_03_the_wait_is_told_as_one_that_passes(string protocol)
    {
        await using var line = await LoginLine.ConnectAsync(protocol, options => options.Logins.BackoffAfter = 1);
        Assert.Equal("refused", await line.BeginAsync("PLAIN", "\0alice@us.test\0wrong"));
        Assert.Equal("delayed", await line.BeginAsync("PLAIN", $"\0alice@us.test\0{SmtpRig.Password}"));
        Assert.Equal("delayed", await line.BeginAsync("SCRAM-SHA-256", $"n,,n=alice@us.test,r={ScramPeer.Nonce}"));
    }

    // Dovecot CVE-2019-11494, CVE-2025-59028: one client's end in the middle hurts no other's login.
    [Theory]
    [InlineData("SMTP")]
    [InlineData("POP3")]
    public async Task AU_04_a_client_that_goes_away_in_the_middle_hurts_nobody(string protocol)
    {
        await using var other = await LoginLine.ConnectAsync(protocol);
        Assert.Equal("challenge Username:", await other.BeginAsync("LOGIN"));
        await using (var line = await LoginLine.ConnectAsync(protocol))
            Assert.Equal("challenge Username:", await line.BeginAsync("LOGIN"));
        Assert.Equal("challenge Password:", await other.RespondAsync("alice@us.test"));
        Assert.Equal("accepted", await other.RespondAsync(SmtpRig.Password));
    }

    [Theory]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1_024)]
    public void AU_07_every_octet_of_a_password_counts(int length)
    {
        var password = new string('x', length - 1);
        var verifier = ScramVerifier.Create(password + "y", iterations: 1);
        Assert.True(verifier.Verify(Encoding.UTF8.GetBytes(password + "y")));
        Assert.False(verifier.Verify(Encoding.UTF8.GetBytes(password + "z")));
        Assert.False(verifier.Verify(Encoding.UTF8.GetBytes(password)));
        Assert.False(verifier.Verify(Encoding.UTF8.GetBytes(password + "yy")));
        Assert.False(verifier.Verify(Encoding.UTF8.GetBytes(" " + password + "y")));
    }

    [Fact]
    public async Task AU_08_a_flood_from_one_address_uses_up_its_own_allowance_only()
    {
        await using var rig = new LoginRig(new ManualTime(), backoffAfter: 1_000);
        var results = new List<LoginResult>();
        for (var i = 0; i < 1_000; i++)
            results.Add(await rig.TryAsync($"user{i}@us.test", "x", Attacker));
        Assert.InRange(rig.Derivations, 1, 80); // half of a burst of 160 on one core
        Assert.Equal(1_000 - rig.Derivations, results.Count(result => result is LoginResult.Unavailable or LoginResult.Delayed));
        Assert.IsType<LoginResult.Accepted>(await rig.TryAsync("alice@us.test", "secret", Home));
    }

    [Fact]
    public async Task AU_08_while_all_derivations_are_taken_mail_is_received_and_the_next_logins_are_put_off()
    {
        using var gate = new SemaphoreSlim(0);
        await using var rig = new SmtpRig(hashing: new PasswordHashing(1, (_, _) =>
        {
            gate.Wait();
            return true;
        }));
        var attempts = new List<Task<LoginResult>>();
        for (var i = 0; i < 40; i++)
        {
            attempts.Add(rig.Services.Authenticator.LogInAsync(
                new LoginAttempt("alice@us.test", IPAddress.Parse($"203.{i}.113.5")), "x"u8.ToArray(), CancellationToken.None));
        }
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var command in new[] { "EHLO c.test", "MAIL FROM:<a@far.test>", "RCPT TO:<alice@us.test>", "DATA", "x\r\n." })
            Assert.Matches("^[23]", await client.AskAsync(command));
        var putOff = attempts.Count(attempt => attempt.IsCompleted);
        Assert.InRange(putOff, 7, 39);
        gate.Release(40);
        Assert.Equal(40 - putOff, (await Task.WhenAll(attempts)).Count(result => result is LoginResult.Accepted));
    }

    // All that the client sees, with what is random by chance taken out.
    private static async Task<string> StoryAsync(string protocol, string mechanism, string name)
    {
        await using var line = await LoginLine.ConnectAsync(protocol);
        switch (mechanism)
        {
            case "PLAIN":
                return await line.BeginAsync(mechanism, $"\0{name}\0wrong");
            case "LOGIN":
                return $"{await line.BeginAsync(mechanism, name)}, {await line.RespondAsync("wrong")}";
            default:
                var peer = new ScramPeer(name, "wrong", "n,,", []);
                var first = await line.BeginAsync(mechanism, peer.First);
                var (nonce, salt) = (first.Split(',')[0].Length, first.Split(",s=")[1].Split(',')[0].Length);
                return $"nonce of {nonce}, salt of {salt}, {await line.RespondAsync(peer.Final(first["challenge ".Length..]))}";
        }
    }

    // The checks of logins alone, one core, with so many failures free and alice's and bob's password "secret".
    private sealed class LoginRig : IAsyncDisposable
    {
        private readonly PasswordHashing _hashing;
        private readonly Authenticator _logins;
        private int _derivations;

        public LoginRig(TimeProvider time, int backoffAfter = 3)
        {
            _hashing = new PasswordHashing(1, (verifier, password) =>
            {
                _derivations++;
                return verifier.Iterations == 1 && verifier.Verify(password.Span);
            });
            var options = new GatewayOptions();
            options.Logins.BackoffAfter = backoffAfter;
            options.Logins.Remember = TimeSpan.Zero;
            var directory = new MemoryDirectory().Domain("us.test", "alice@us.test").Account("alice@us.test").Account("bob@us.test");
            _logins = new Authenticator(directory, _hashing, options, time);
        }

        public int Derivations => _derivations;

        public Task<LoginResult> TryAsync(string name, string password, string address) =>
            _logins.LogInAsync(new LoginAttempt(name, IPAddress.Parse(address)), Encoding.UTF8.GetBytes(password), CancellationToken.None);

        public ValueTask DisposeAsync() => _hashing.DisposeAsync();
    }
}
