// Reports on TLS to domains that ask for them: what is seen of a day, and how it is sent.
using System.Net;
using System.Text;
using System.Text.Json;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.App.Pipeline.TlsReports;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Mailctl.Feedback;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Pipeline.Functions;

public sealed class TlsReportTests : IAsyncDisposable
{
    private const string Reported = "a@one.test";

    private readonly TestAuthority _authority = new();
    private readonly RelayRig _rig;
    private readonly StsPolicies _policies;

    public TlsReportTests()
    {
        _rig = new RelayRig(options => options with { TrustedRoots = _authority.Roots });
        _policies = new StsPolicies(
            _rig.Zone, _rig.Stores.StsPolicies, _rig.Policies, _rig.Stores.Clock, _rig.Stores.Time, _rig.Options, _rig.Log.For<StsPolicies>());
    }

    // The server, as in StsRelayTests; the policy's mode, or none; policy type, successes and failures, and their type.
    public static TheoryData<string, string, string, int, string> Rows => new()
    {
        { "mx.one.test", "enforce", "sts", 1, "" },
        { "mx.one.test", "testing", "sts", 1, "" },
        { "mx.one.test", "", "no-policy-found", 1, "" },
        { "mx.two.test", "", "no-policy-found", 1, "" },
        { "mx.two.test", "enforce", "sts", 0, "validation-failure" },
        { "mx.two.test", "testing", "sts", 0, "validation-failure" },
        { "clear", "enforce", "sts", 0, "starttls-not-supported" },
        { "clear", "testing", "sts", 0, "starttls-not-supported" },
        { "clear", "", "no-policy-found", 0, "starttls-not-supported" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_session_is_told_under_its_policy_with_what_was_wrong(string server, string mode, string policy, int successes, string failure)
    {
        _rig.Domain("one.test", server == "clear" ? new PeerScript() : new PeerScript { Certificate = _authority.Issue(server) });
        if (mode.Length > 0)
        {
            _rig.Zone.AddTxt("_mta-sts.one.test", "v=STSv1; id=1;");
            _rig.Policies.Publish("one.test", $"version: STSv1\nmode: {mode}\nmx: mx.one.test\nmax_age: 604800\n");
        }
        _rig.Submit(Reported);
        await _rig.DrainAsync();

        var report = await ReadReportAsync();

        Assert.Equal("mail.example.test", report.Organization);
        var told = Assert.Single(report.Policies);
        Assert.Equal((policy, "one.test", (long)successes), (told.Kind, told.Domain, told.Successes));
        Assert.Equal(failure, told.Details is [var detail] ? detail.Kind : "");
        Assert.Equal(failure.Length == 0 ? 0 : 1, told.Failures);
    }

    [Fact]
    public async Task A_domain_whose_policy_names_none_of_its_exchangers_is_told_so()
    {
        _rig.Domain("one.test", new PeerScript { Certificate = _authority.Issue("mx.one.test") });
        _rig.Zone.AddTxt("_mta-sts.one.test", "v=STSv1; id=1;");
        _rig.Policies.Publish("one.test", "version: STSv1\nmode: enforce\nmx: mx.two.test\nmax_age: 604800\n");
        _rig.Submit(Reported);
        await _rig.DrainAsync();

        var told = Assert.Single((await ReadReportAsync()).Policies);
        Assert.Equal(("sts", 0L, 1L, "validation-failure"), (told.Kind, told.Successes, told.Failures, Assert.Single(told.Details).Kind));
    }

    [Fact]
    public async Task A_report_to_an_address_of_ours_comes_into_its_mailbox()
    {
        Note("one.test", succeeded: true);
        AskForReports("mailto:alice@example.test,mailto:nobody@example.test");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));

        await RunAsync();
        await _rig.DrainAsync();

        Assert.Contains("TLS-Report-Domain: one.test", Assert.Single(_rig.ReportsTo(RelayRig.Alice)), StringComparison.Ordinal);
        Assert.Contains(_rig.Log.Lines, line => line.Text.Contains("nobody of ours has that address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trouble_with_one_domain_keeps_no_other_from_its_report()
    {
        Note("one.test", succeeded: true);
        Note("two.test", succeeded: true);
        AskForReports("mailto:tls@reports.test");
        _rig.Zone.AddTxt("_smtp._tls.two.test", "v=TLSRPTv1; rua=mailto:tls@reports.test");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));
        var peer = _rig.Domain("reports.test");
        _rig.Keys.Trouble = new StoreUnavailableException("the keys are away", null);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => RunAsync());
        Assert.Equal(2, _rig.Zone.Asked.Count(asked => asked.Name.Text.StartsWith("_smtp._tls.", StringComparison.Ordinal)));
        _rig.Keys.Trouble = null;
        await RunAsync();
        await _rig.DrainAsync();

        Assert.Equal(2, peer.Taken.Count);
    }

    [Fact]
    public async Task A_session_counts_once_and_one_for_mail_that_is_a_report_itself_not_at_all()
    {
        var peer = _rig.Domain("one.test", new PeerScript { Certificate = _authority.Issue("mx.one.test") });
        _rig.Submit(Reported);
        _rig.Submit("b@one.test");
        await _rig.DrainAsync();
        Assert.Equal(2, peer.Sessions.Count);
        _rig.Submit(null, ["c@one.test"], MessageOrigin.PostmasterReport);
        await _rig.DrainAsync();
        Assert.Equal(3, peer.Sessions.Count);

        Assert.Equal(2, Assert.Single((await ReadReportAsync()).Policies).Successes);
    }

    [Fact]
    public async Task A_report_has_the_fields_of_its_RFC_is_signed_and_made_once_for_a_day()
    {
        var now = _rig.Stores.Time.GetUtcNow();
        Note("one.test", succeeded: true);
        AskForReports("mailto:tls@reports.test");
        var peer = _rig.Domain("reports.test");
        _rig.Keys.Add(new DkimKeySet(
            DomainName.Parse("example.test"), [new DkimPrivateKey("s1", SigningKey.NewEd25519().ExportPem(), DkimKeyState.Signing, DateTimeOffset.UnixEpoch)]));
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));

        await RunAsync();
        await RunAsync();
        await _rig.DrainAsync();

        var message = Encoding.ASCII.GetString(Assert.Single(peer.Taken).Content);
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        foreach (var line in new[]
        {
            "TLS-Report-Domain: one.test\r\n", "TLS-Report-Submitter: mail.example.test\r\n", "Auto-Submitted: auto-generated\r\n", "From: Mail Delivery System <postmaster@mail.example.test>\r\n",
            $"Subject: Report Domain: one.test\r\n\tSubmitter: mail.example.test\r\n\tReport-ID: <{day:yyyyMMdd}.one.test@mail.example.test>\r\n",
            "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n", "Content-Type: application/tlsrpt+gzip\r\n",
            $"filename=\"mail.example.test!one.test!{day.ToUnixTimeSeconds()}!{day.ToUnixTimeSeconds() + 86399}.json.gz\"\r\n",
        })
        {
            Assert.Contains(line, message, StringComparison.Ordinal);
        }
        Assert.Contains("DKIM-Signature: ", message, StringComparison.Ordinal);
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Theory]
    [InlineData("mailto:nobody", "there is no address in it")]
    [InlineData("https://reports.test/tls", "reports.test has no address")]
    public async Task A_target_that_cannot_be_reached_is_told_and_keeps_no_other_from_its_report(string target, string why)
    {
        Note("one.test", succeeded: true);
        AskForReports($"{target},mailto:tls@reports.test");
        var peer = _rig.Domain("reports.test");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));

        await RunAsync();
        await _rig.DrainAsync();

        Assert.Single(peer.Taken);
        Assert.Contains(_rig.Log.Lines, line => line.Text.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 1930)]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n", 1931)]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 1931)]
    public async Task A_report_is_posted_to_a_host_with_a_good_certificate(string answer, int told)
    {
        await using var server = new PolicyServer(_authority.Issue("reports.test")) { Answer = answer };
        Note("one.test", succeeded: false);
        AskForReports("https://reports.test/tls");
        _rig.Zone.AddHost("reports.test", "203.0.113.99");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));

        await RunAsync(new To(server.EndPoint));

        Assert.Equal(["POST /tls HTTP/1.1 Host: reports.test"], server.Asked);
        Assert.Contains(_rig.Log.Lines, line => line.Event == told);
    }

    [Theory]
    [InlineData("other.test", "v=TLSRPTv1; rua=mailto:tls@reports.test")] // who is not asked about
    [InlineData("one.test", "v=spf1 -all")]
    [InlineData("one.test", "v=TLSRPTv1;")]
    [InlineData("example.test", "v=TLSRPTv1; rua=mailto:tls@reports.test")] // ours
    public async Task Who_does_not_ask_or_is_ours_gets_no_report(string seen, string record)
    {
        Note(seen, succeeded: true);
        _rig.Zone.AddTxt($"_smtp._tls.{(seen == "other.test" ? "one.test" : seen)}", record);
        var peer = _rig.Domain("reports.test");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));

        await RunAsync();
        await _rig.DrainAsync();

        Assert.Empty(peer.Taken);
    }

    [Fact]
    public void What_is_beyond_the_limit_is_counted_as_that()
    {
        var tally = new TlsTally();
        for (var domain = 0; domain < 20_002; domain++)
            tally.Add(Entry($"d{domain}.test", succeeded: true));
        for (var host = 0; host < 150; host++)
            tally.Add(Entry("d0.test", succeeded: false) with { Host = $"mx{host}.test" });

        Assert.Equal((20_000, 2), (tally.Domains.Count(), tally.Skipped));
        var count = tally.Domains.Single(pair => pair.Key == "d0.test").Value[TlsNotes.NoPolicy];
        Assert.Equal((1, 150, 100), (count.Succeeded, count.Failed, count.Failures.Count()));
    }

    [Fact]
    public void The_document_is_that_of_its_RFC()
    {
        var count = new TlsCount();
        count.Add(Entry("one.test", succeeded: true));
        count.Add(Entry("one.test", succeeded: false));
        var report = new TlsReport(
            "one.test", new DateTimeOffset(2026, 2, 3, 0, 0, 0, TimeSpan.Zero), DomainName.Parse("mail.example.test"), "postmaster@mail.example.test",
            new Dictionary<string, TlsCount> { [TlsNotes.NoPolicy] = count }, null);

        using var json = JsonDocument.Parse(report.ToJson().WrittenMemory);

        Assert.Equal(
            """
            {"organization-name":"mail.example.test","date-range":{"start-datetime":"2026-02-03T00:00:00Z","end-datetime":"2026-02-03T23:59:59Z"},
            "contact-info":"postmaster@mail.example.test","report-id":"20260203.one.test@mail.example.test","policies":[{"policy":{"policy-type":"no-policy-found",
            "policy-domain":"one.test"},"summary":{"total-successful-session-count":1,"total-failure-session-count":1},"failure-details":[{
            "result-type":"starttls-not-supported","receiving-mx-hostname":"mx.test","receiving-ip":"203.0.113.1","failed-session-count":1}]}]}
            """.ReplaceLineEndings(""),
            json.RootElement.GetRawText());
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _authority.Dispose();
    }

    private static TraceEntry Entry(string domain, bool succeeded) => new(TraceKind.Connected)
    {
        Destination = domain, Host = "mx.test", Address = "203.0.113.1", Succeeded = succeeded, Reply = succeeded ? null : "starttls-not-supported", Results = TlsNotes.NoPolicy,
    };

    private void Note(string domain, bool succeeded) => _rig.Trace.Note(Entry(domain, succeeded) with { Time = _rig.Stores.Time.GetUtcNow() });

    private void AskForReports(string targets) => _rig.Zone.AddTxt("_smtp._tls.one.test", $"v=TLSRPTv1; rua={targets}");

    private async Task RunAsync(IConnector? connector = null)
    {
        using var post = new HttpsReportPost(_rig.Zone, connector ?? _rig.Network, _rig.Options, TimeProvider.System);
        await new ReportTls(
            _rig.Trace, _rig.Zone, _policies, post, _rig.Stores.Spool, _rig.Stores.Queue, _rig.Directory, new RecipientResolver(_rig.Directory), new DomainKeys(_rig.Keys), _rig.Options, _rig.Stores.Time,
            _rig.Log.For<ReportTls>()).RunAsync(CancellationToken.None);
    }

    // As the reader of others' reports reads it.
    private async Task<TlsFeedback> ReadReportAsync()
    {
        AskForReports("mailto:tls@reports.test");
        var peer = _rig.Domain("reports.test");
        _rig.Stores.Time.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        await _rig.DrainAsync();
        var (found, trouble) = FeedbackReading.Read("report", Assert.Single(peer.Taken).Content);
        Assert.Null(trouble);
        return Assert.Single(found).Tls!;
    }

    /// <summary>Leads every connection to one place.</summary>
    private sealed class To(IPEndPoint place) : IConnector
    {
        public Task<Dialled> DialAsync(IPEndPoint endPoint, CancellationToken cancellationToken) => new SocketConnector(new RefusedAddresses([]) { AllowsPrivate = true }).DialAsync(place, cancellationToken);
    }
}
