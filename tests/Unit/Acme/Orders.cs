// Certificates ordered from an authority that does what RFC 8555 says, and from ones that do not.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using MailFunctions.Rig.Acme;

namespace MailFunctions.Unit.Acme;

public sealed class Orders
{
    public static TheoryData<string> Steps => ["directory", "nonce", "account", "order", "authorization", "challenge", "finalize", "certificate"];

    // What goes wrong, and what the operator is told: the kind, and words that must be in the line.
    public static TheoryData<string, AuthorityScript, AcmeTroubleKind, string> Rows => new()
    {
        {
            "invalid authorization", new() { Look = (_, _, _) => Task.FromResult(false) }, AcmeTroubleKind.NotValidated,
            "is ours (authorization invalid): unauthorized: nothing [31m there"
        },
        { "one name of two", new() { Look = (name, _, _) => Task.FromResult(name[0] == 'm') }, AcmeTroubleKind.NotValidated, "pop.example.org" },
        {
            "rate limit", With("order", RawAnswer.Problem(429, "rateLimited", "too many certificates", "3600")), AcmeTroubleKind.RateLimited,
            "too many certificates; it wants to be asked again at 2026-03-01 13:00:00Z"
        },
        { "rate limit without a document", With("account", new RawAnswer(429, "slow down", "text/plain")), AcmeTroubleKind.RateLimited, "HTTP status 429" },
        { "refused name", With("order", RawAnswer.Problem(400, "rejectedIdentifier", "not this")), AcmeTroubleKind.Refused, "rejectedIdentifier: not this" },
        { "own failure", With("finalize", RawAnswer.Problem(500, "serverInternal", "oh")), AcmeTroubleKind.Unreachable, "serverInternal: oh" },
        { "maintenance", With("directory", new RawAnswer(503, "<html>", "text/html", "120")), AcmeTroubleKind.Unreachable, "HTTP status 503; it wants" },
        { "redirect", With("directory", new RawAnswer(302, "")), AcmeTroubleKind.Refused, "HTTP status 302" },
        { "order expired", new() { OrderState = "invalid" }, AcmeTroubleKind.Refused, "ended the order as 'invalid': without a word; it may have expired" },
        { "order of no state", new() { OrderState = "dreaming" }, AcmeTroubleKind.Refused, "'dreaming'" },
        { "never ready", new() { Pending = int.MaxValue }, AcmeTroubleKind.TooSlow, "within 6 minutes" },
        { "never ready, and says in a year", new() { Pending = int.MaxValue, RetryAfter = "31536000" }, AcmeTroubleKind.TooSlow, "within 6 minutes" },
        { "nonces never taken", new() { BadNonces = int.MaxValue }, AcmeTroubleKind.Refused, "badNonce" },
        { "unusable token", new() { Token = "../../etc/passwd" }, AcmeTroubleKind.Malformed, "token" },
        { "token of two lines", new() { Token = "a\\r\\nb" }, AcmeTroubleKind.Malformed, "token" },
        { "endless token", new() { Token = new string('a', 257) }, AcmeTroubleKind.Malformed, "token" },
        { "no challenge that we know", new() { OffersNothing = true }, AcmeTroubleKind.Refused, "does not take dns-01 for mail.example.org" },
        { "another name in the order", new() { OtherName = "bank.example" }, AcmeTroubleKind.Malformed, "other names" },
        { "addresses in clear", new() { Scheme = "http" }, AcmeTroubleKind.Malformed, "must be an https address" },
        {
            "terms not agreed to", new() { Terms = "https://authority.test/other\u001b" }, AcmeTroubleKind.Refused,
            "terms of service, to which you must agree: https://authority.test/other"
        },
        { "external account wanted", new() { ExternalKey = [1] }, AcmeTroubleKind.Refused, "external account binding" },
        { "certificate for another key", new() { Deliver = _ => Foreign(AcmeRig.Names) }, AcmeTroubleKind.WrongCertificate, "another key" },
        { "no chain", new() { Deliver = chain => FirstOf(chain) + Foreign(["a.test"]) }, AcmeTroubleKind.WrongCertificate, "is no chain" },
        { "nothing delivered", new() { Deliver = _ => "" }, AcmeTroubleKind.WrongCertificate, "has 0 certificates" },
        { "half a certificate", new() { Deliver = chain => chain[..200] }, AcmeTroubleKind.WrongCertificate, "has 0 certificates" },
        { "spoilt certificate", new() { Deliver = chain => chain.Replace("MII", "MIJ", StringComparison.Ordinal) },
            AcmeTroubleKind.WrongCertificate, "issued" },
        { "endless chain", new() { Deliver = chain => string.Concat(Enumerable.Repeat(chain, 6)) }, AcmeTroubleKind.WrongCertificate, "has 12 certificates" },
    };

    [Fact]
    public async Task A_certificate_for_all_names_is_stored_with_key_and_chain()
    {
        await using var rig = await AcmeRig.StartAsync();

        var renewed = Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync());

        Assert.Equal(AcmeRig.Names, renewed.Certificate.Names);
        var pem = rig.Store.Items[StoredItem.Certificate];
        using var certificate = X509Certificate2.CreateFromPem(pem, pem);
        Assert.All(AcmeRig.Names, name => Assert.True(certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false)));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        Assert.Equal(["", "CN=Authority of tests"], chain.Select(link => link.Subject));
        Assert.Empty(rig.Authority.Faults);
        Assert.Empty(rig.Solver.Shown);
    }

    [Fact]
    public async Task All_proofs_are_shown_before_the_one_wait_and_the_first_look_and_none_is_left()
    {
        var shown = new List<int>();
        AcmeRig? rig = null;
        rig = await AcmeRig.StartAsync(new AuthorityScript
        {
            Look = (name, token, proof) =>
            {
                shown.Add(rig!.Solver.Shown.Count);
                var challenge = rig.Solver.Shown[name];
                return Task.FromResult(
                    challenge.KeyAuthorization == proof && challenge.Token == token && challenge.RecordName == $"_acme-challenge.{name}"
                    && challenge.RecordValue == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(proof))));
            },
        });
        await using var owned = rig;

        Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync());

        Assert.Equal([2, 2], shown);
        Assert.Equal(TimeSpan.FromSeconds(60), rig.Waits[0]);
        Assert.Empty(rig.Solver.Shown);
    }

    [Fact]
    public async Task Names_that_the_authority_knows_are_ours_need_no_proof()
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Known = AcmeRig.Names });

        Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync());

        Assert.Empty(rig.Solver.Ever);
        Assert.DoesNotContain(TimeSpan.FromSeconds(60), rig.Waits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_nonce_that_is_not_taken_is_followed_by_the_next(int times)
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { BadNonces = times });

        Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync());

        Assert.Empty(rig.Authority.Faults);
        Assert.Equal(times + 1, rig.Authority.Asked.Count(what => what == "account"));
        Assert.Equal(1, rig.Authority.Asked.Count(what => what == "nonce"));
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("86400", 30)]
    [InlineData("soon", 3)]
    [InlineData("Sun, 01 Mar 2026 12:01:20 GMT", 20)] // a minute was waited before, for the record
    public async Task What_is_pending_is_asked_for_again_when_the_authority_likes_within_bounds(string? retryAfter, int seconds)
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Pending = 1, RetryAfter = retryAfter });

        Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync());

        Assert.Equal(TimeSpan.FromSeconds(seconds), rig.Waits[1]);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_goes_wrong_is_told_in_a_line_and_leaves_nothing_behind(string what, AuthorityScript script, AcmeTroubleKind kind, string words)
    {
        await using var rig = await AcmeRig.StartAsync(script);
        var wish = rig.Wish with { Agreed = what != "terms not agreed to" };

        var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.Renewal.IssueAsync(wish, rig.Solver, TestContext.Current.CancellationToken));

        Assert.Equal(kind, failed.Trouble.Kind);
        Assert.Contains(words, failed.Trouble.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(failed.Trouble.Text, char.IsControl);
        Assert.Empty(rig.Solver.Shown);
        Assert.False(rig.Store.Items.ContainsKey(StoredItem.Certificate));
    }

    [Theory]
    [InlineData("mail.example.org", "is not for pop.example.org")]
    [InlineData("mail.example.org pop.example.org www.example.org", "is also for www.example.org")]
    public void A_certificate_for_other_names_is_refused(string names, string words)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificates = new TestCertificates();
        var now = DateTimeOffset.UnixEpoch.AddYears(55);
        var chain = certificates.Issue(IssuedCertificate.Request(names.Split(' '), key), now, now.AddDays(90));

        var error = Assert.Throws<AcmeException>(() => IssuedCertificate.Check(chain, key, AcmeRig.Names, now));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-91, "is valid from")]
    [InlineData(2, "is valid from")]
    public void A_certificate_of_another_time_is_refused(int days, string words)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificates = new TestCertificates();
        var now = DateTimeOffset.UnixEpoch.AddYears(55);
        var chain = certificates.Issue(IssuedCertificate.Request(AcmeRig.Names, key), now.AddDays(days), now.AddDays(days + 90));

        Assert.Contains(words, Assert.Throws<AcmeException>(() => IssuedCertificate.Check(chain, key, AcmeRig.Names, now)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Garbage_in_place_of_any_answer_ends_the_order_with_a_word(string step)
    {
        foreach (var garbage in new[] { "", "{", "null", "[]", "\"text\"", "{\"status\":{}}", "\0\0\0", new string('[', 5000) })
        {
            await using var rig = await AcmeRig.StartAsync(With(step, new RawAnswer(200, garbage)));
            if (step is "nonce" or "challenge" or "finalize")
                continue; // of these only that they succeed is read
            var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.IssueAsync());
            Assert.Contains(
                failed.Trouble.Kind,
                new[] { AcmeTroubleKind.Malformed, AcmeTroubleKind.WrongCertificate, AcmeTroubleKind.Refused, AcmeTroubleKind.NotValidated });
            Assert.Empty(rig.Solver.Shown);
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_endless_answer_is_not_read_to_its_end(string step)
    {
        if (step == "nonce")
            return; // it is asked for by HEAD, and has no body
        await using var rig = await AcmeRig.StartAsync(With(step, new RawAnswer(200, new string(' ', 300_000))));

        var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.IssueAsync());

        Assert.Equal(AcmeTroubleKind.Malformed, failed.Trouble.Kind);
        Assert.Contains("more than 262144 octets", failed.Trouble.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_answer_that_does_not_come_is_waited_for_half_a_minute(string step)
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Silent = step });

        var issuing = rig.IssueAsync();
        await rig.Authority.Waiting.Task;
        rig.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(issuing.IsCompleted);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        var failed = Assert.IsType<RenewalOutcome.Failed>(await issuing);

        Assert.Equal(AcmeTroubleKind.Unreachable, failed.Trouble.Kind);
        Assert.Contains("does not answer within 30 seconds", failed.Trouble.Text, StringComparison.Ordinal);
        Assert.Empty(rig.Solver.Shown);
    }

    [Fact]
    public async Task An_authority_that_we_do_not_believe_is_told_nothing()
    {
        await using var rig = await AcmeRig.StartAsync();
        using var others = new TestCertificates();

        var failed = Assert.IsType<RenewalOutcome.Failed>(
            await new Renewal(rig.Store, [others.Root], rig.Seams).IssueAsync(rig.Wish, rig.Solver, TestContext.Current.CancellationToken));

        Assert.Equal(AcmeTroubleKind.Unreachable, failed.Trouble.Kind);
        Assert.Empty(rig.Authority.Asked);
    }

    [Fact]
    public async Task A_proof_that_cannot_be_shown_ends_the_order()
    {
        await using var rig = await AcmeRig.StartAsync();
        rig.Solver.Failure = new AcmeException(AcmeTroubleKind.ChallengeNotSet, "the zone says no");

        var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.IssueAsync());

        Assert.Equal("the zone says no", failed.Trouble.Text);
        Assert.DoesNotContain("challenge", rig.Authority.Asked);
        Assert.Empty(rig.Solver.Shown); // what was half shown was taken away, though that failed too
    }

    [Fact]
    public async Task Whoever_gives_up_takes_the_proofs_away()
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Silent = "challenge" });
        using var cancel = new CancellationTokenSource();

        var issuing = rig.Renewal.IssueAsync(rig.Wish, rig.Solver, cancel.Token);
        await rig.Authority.Waiting.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => issuing);
        Assert.Empty(rig.Solver.Shown);
        Assert.Equal(2, rig.Solver.Ever.Count);
    }

    private static AuthorityScript With(string step, RawAnswer answer) => new() { Answers = new Dictionary<string, RawAnswer> { [step] = answer } };

    private static string FirstOf(string chain) => chain[..(chain.IndexOf("-----END", StringComparison.Ordinal) + 26)];

    private static string Foreign(string[] names)
    {
        using var certificates = new TestCertificates();
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var pem = certificates.IssueWithKey(names, now, now.AddDays(90));
        return pem[pem.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal)..];
    }
}
