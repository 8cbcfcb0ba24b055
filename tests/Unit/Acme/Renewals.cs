// When a certificate is renewed, by which account, and what is kept.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailFunctions.Acme;
using MailFunctions.Acme.State;
using MailFunctions.Rig.Acme;

namespace MailFunctions.Unit.Acme;

public sealed class Renewals
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Age in days of a certificate for 90 days, less an hour on either side; whether it is renewed by somebody who looks once a day.
    [Theory]
    [InlineData(0, false)]
    [InlineData(30, false)]
    [InlineData(58, false)]
    [InlineData(59, true)]
    [InlineData(80, true)]
    [InlineData(100, true)]
    public async Task Without_a_wish_of_the_authority_it_is_renewed_at_two_thirds_of_its_life(int days, bool renewed)
    {
        await using var rig = await AcmeRig.StartAsync();
        var first = Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync()).Certificate;
        rig.Time.Advance(TimeSpan.FromDays(days));

        var outcome = await rig.RenewAsync();

        if (renewed)
        {
            Assert.NotEqual(first.Serial, Assert.IsType<RenewalOutcome.Renewed>(outcome).Certificate.Serial);
            Assert.Equal(2, rig.Authority.Issued);
            return;
        }
        var kept = Assert.IsType<RenewalOutcome.NotDue>(outcome);
        Assert.Equal((first.NotBefore.AddDays(60), false), (kept.At, kept.ByAuthority));
        Assert.Equal(1, rig.Authority.Issued);
    }

    [Theory]
    [InlineData(-2, -1, true)] // as after a mistake of the authority: everything is to be renewed at once (RFC 9773)
    [InlineData(10, 12, false)]
    [InlineData(2000, 3000, false)] // past its end: then shortly before that
    [InlineData(12, 10, false)] // no window: as if it had none
    public async Task The_authority_says_when(int start, int end, bool renewed)
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Window = (Now.AddDays(start), Now.AddDays(end)) });
        var first = Assert.IsType<RenewalOutcome.Renewed>(await rig.IssueAsync()).Certificate;

        var outcome = await rig.RenewAsync();

        if (renewed)
        {
            Assert.IsType<RenewalOutcome.Renewed>(outcome);
            Assert.Equal([first.RenewalId!], rig.Authority.Replaced);
            return;
        }
        var kept = Assert.IsType<RenewalOutcome.NotDue>(outcome);
        Assert.Equal(start < end, kept.ByAuthority);
        Assert.InRange(kept.At, Now.AddDays(Math.Min(start, 59)), Now.AddDays(Math.Min(Math.Max(end, 60), 81)));
    }

    [Fact]
    public async Task An_authority_that_cannot_say_when_does_not_keep_us_from_counting()
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript
        {
            RefusesReplacing = true, Answers = new Dictionary<string, RawAnswer> { ["renewal"] = new(200, "{") },
        });
        await rig.IssueAsync();

        Assert.False(Assert.IsType<RenewalOutcome.NotDue>(await rig.RenewAsync()).ByAuthority);
    }

    [Fact]
    public async Task An_order_that_may_not_replace_is_made_without_saying_so()
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { RefusesReplacing = true });
        await rig.IssueAsync();

        Assert.IsType<RenewalOutcome.Renewed>(await rig.RenewAsync(force: true));

        Assert.Empty(rig.Authority.Replaced);
        Assert.Empty(rig.Authority.Faults);
    }

    [Fact]
    public void The_name_of_a_certificate_for_its_authority_is_that_of_the_standard()
    {
        // RFC 9773 4.1: key identifier 69:88:5B:6B:87:46:40:41:E1:B3:7B:84:7B:A0:AE:2C:DE:01:C8:D4, number 00:87:65:43:21
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
            Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4")));
        var name = new X500DistinguishedName("CN=b");
        using var certificate = request.Create(
            name, X509SignatureGenerator.CreateForECDsa(key), Now, Now.AddDays(1), Convert.FromHexString("0087654321"));

        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", CertificateFacts.Of(certificate).RenewalId);
    }

    [Fact]
    public void Certificates_are_spread_over_the_window_and_each_keeps_its_time()
    {
        var window = new RenewalWindow(Now, Now.AddDays(2));
        CertificateFacts Numbered(int i) => new([], "", $"{i}", Now.AddDays(-60), Now.AddDays(30), $"a.{i}");
        var times = Enumerable.Range(0, 200).Select(i => RenewalPlan.TimeOf(Numbered(i), window)).ToList();

        Assert.All(times, time => Assert.InRange(time, window.Start, window.End));
        Assert.InRange(times.Count(time => time < Now.AddDays(1)), 70, 130);
        Assert.Equal(times[7], RenewalPlan.TimeOf(Numbered(7), window));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public async Task A_certificate_that_is_lost_is_ordered_anew(string? left)
    {
        await using var rig = await AcmeRig.StartAsync();
        await rig.IssueAsync();
        rig.Store.Items.Remove(StoredItem.Certificate);
        if (left is not null)
            rig.Store.Items[StoredItem.Certificate] = left;

        Assert.Equal(AcmeRig.Names, Assert.IsType<RenewalOutcome.Renewed>(await rig.RenewAsync()).Certificate.Names);
    }

    [Fact]
    public async Task A_certificate_for_other_names_than_ordered_is_ordered_anew()
    {
        await using var rig = await AcmeRig.StartAsync();
        await rig.IssueAsync();
        rig.Store.Items[StoredItem.Certificate] = rig.Certificates.IssueWithKey(["mail.example.org"], Now, Now.AddDays(90));

        Assert.Equal(AcmeRig.Names, Assert.IsType<RenewalOutcome.Renewed>(await rig.RenewAsync()).Certificate.Names);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"v":2}""")]
    [InlineData("""{"v":1,"directory":"https://a.test/","account":"https://a.test/1","names":["a.test"],"key":"-----BEGIN PRIVATE KEY-----"}""")]
    public async Task Without_an_account_nothing_is_ordered_and_the_operator_is_told_what_to_do(string? account)
    {
        await using var rig = await AcmeRig.StartAsync();
        if (account is not null)
            rig.Store.Items[StoredItem.Account] = account;

        var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.RenewAsync());

        Assert.Equal(AcmeTroubleKind.StateUnusable, failed.Trouble.Kind);
        Assert.Contains("mailctl certificate issue", failed.Trouble.Text, StringComparison.Ordinal);
        Assert.Empty(rig.Authority.Asked);
    }

    [Fact]
    public async Task An_account_that_is_there_is_used_again_and_every_certificate_has_a_key_of_its_own()
    {
        await using var rig = await AcmeRig.StartAsync();
        await rig.IssueAsync();
        var (account, certificate) = (rig.Store.Items[StoredItem.Account], rig.Store.Items[StoredItem.Certificate]);

        await rig.IssueAsync();

        Assert.Equal(account, rig.Store.Items[StoredItem.Account]);
        Assert.NotEqual(KeyOf(certificate), KeyOf(rig.Store.Items[StoredItem.Certificate]));
        static string KeyOf(string pem) => pem[..pem.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task An_account_is_bound_to_one_that_the_authority_has_and_its_contact_is_told()
    {
        var secret = "a secret of thirty-two characters"u8.ToArray();
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { ExternalKey = secret });
        var wish = rig.Wish with { Contact = "boss@example.org", External = new ExternalAccount("kid-1", secret) };

        Assert.IsType<RenewalOutcome.Renewed>(await rig.Renewal.IssueAsync(wish, rig.Solver, TestContext.Current.CancellationToken));

        Assert.Equal(["mailto:boss@example.org"], rig.Authority.Contacts);
        Assert.Empty(rig.Authority.Faults);
    }

    [Fact]
    public async Task Nothing_is_ordered_by_an_account_that_could_not_be_stored()
    {
        await using var rig = await AcmeRig.StartAsync();
        rig.Store.ReadOnly = StoredItem.Account;

        Assert.Equal(AcmeTroubleKind.StateUnusable, Assert.IsType<RenewalOutcome.Failed>(await rig.IssueAsync()).Trouble.Kind);
        Assert.DoesNotContain("order", rig.Authority.Asked);
    }

    [Fact]
    public async Task An_order_for_other_names_or_elsewhere_changes_nothing_until_it_has_succeeded()
    {
        await using var rig = await AcmeRig.StartAsync();
        await rig.IssueAsync();
        var before = rig.Store.Items.ToDictionary();
        await using var strict = await ScriptedAuthority.StartAsync(
            new AuthorityScript { Look = (_, _, _) => Task.FromResult(false) }, rig.Certificates, rig.Time, "127.0.0.9");

        var elsewhere = rig.Wish with { Directory = strict.Directory, Names = ["other.example.org"] };
        Assert.IsType<RenewalOutcome.Failed>(await rig.Renewal.IssueAsync(elsewhere, rig.Solver, TestContext.Current.CancellationToken));
        Assert.Equal(before, rig.Store.Items);
        var here = rig.Wish with { Names = ["other.example.org"] };
        Assert.IsType<RenewalOutcome.Renewed>(await rig.Renewal.IssueAsync(here, rig.Solver, TestContext.Current.CancellationToken));

        Assert.Equal(["other.example.org"], Assert.IsType<RenewalOutcome.Renewed>(await rig.RenewAsync(force: true)).Certificate.Names);
    }

    [Fact]
    public async Task An_account_that_was_made_is_kept_though_the_first_order_fails()
    {
        await using var rig = await AcmeRig.StartAsync(new AuthorityScript { Look = (_, _, _) => Task.FromResult(false) });
        await rig.IssueAsync();
        var account = rig.Store.Items[StoredItem.Account];

        await rig.IssueAsync();

        Assert.Equal(account, rig.Store.Items[StoredItem.Account]);
    }

    [Fact]
    public async Task An_account_that_the_authority_forgot_is_told_of()
    {
        await using var rig = await AcmeRig.StartAsync();
        await rig.IssueAsync();
        await using var other = await ScriptedAuthority.StartAsync(new AuthorityScript(), rig.Certificates, rig.Time, "127.0.0.9");
        rig.Store.Items[StoredItem.Account] = rig.Store.Items[StoredItem.Account].Replace(rig.Authority.Address, other.Address, StringComparison.Ordinal);

        var failed = Assert.IsType<RenewalOutcome.Failed>(await rig.RenewAsync(force: true));

        Assert.Equal(AcmeTroubleKind.Refused, failed.Trouble.Kind);
        Assert.Contains("accountDoesNotExist", failed.Trouble.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_is_in_what_can_be_printed()
    {
        await using var rig = await AcmeRig.StartAsync();
        var outcome = await rig.IssueAsync();
        var account = AcmeAccount.Read(rig.Store.Items[StoredItem.Account])!;
        var pem = rig.Store.Items[StoredItem.Certificate];
        var issued = new IssuedCertificate(pem, CertificateFacts.Read(pem)!);

        foreach (var text in new[] { $"{outcome}", $"{account}", $"{issued}", $"{new ExternalAccount("kid", "secret"u8.ToArray())}" })
        {
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mail.example.org", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("9.example.org", true)]
    [InlineData("localhost", false)]
    [InlineData("*.example.org", false)]
    [InlineData("Mail.example.org", false)]
    [InlineData("mail..example.org", false)]
    [InlineData("mail.example.org.", false)]
    [InlineData("-a.example.org", false)]
    [InlineData("a_b.example.org", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("bücher.example", false)]
    [InlineData("", false)]
    public void Names_are_those_of_hosts(string name, bool valid) => Assert.Equal(valid, HostNames.IsValid(name));
}
