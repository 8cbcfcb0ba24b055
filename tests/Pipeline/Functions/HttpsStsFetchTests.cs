// Policies fetched from a web server that is good, broken or hostile.
using MailFunctions.App;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Pipeline.Functions;

public sealed class HttpsStsFetchTests : IAsyncDisposable
{
    private const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: a.test\r\nmax_age: 604800\r\n";
    private static readonly DomainName X = DomainName.Parse("x.test");

    private readonly TestAuthority _authority = new();
    private readonly ZoneResolver _zone = new();
    private readonly ManualTime _time = new();
    private readonly RefusedAddresses _refused = new([]) { AllowsPrivate = true };
    private PolicyServer? _server;

    [Fact]
    public async Task A_policy_is_fetched_from_the_host_of_its_domain_by_one_request()
    {
        var server = Start().Publish(Policy);

        Assert.Equal("Enforce", await FetchAsync());
        Assert.Equal([$"GET /.well-known/mta-sts.txt HTTP/1.1 Host: mta-sts.x.test:{server.EndPoint.Port}"], server.Asked);
    }

    public static TheoryData<string, string> Answers => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + Policy, "Enforce" },
        { Chunked("2f"), "cannot be" },
        { Chunked("2e"), "Testing" },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + Policy, "was lost" },
        { PolicyServer.Ok(Policy, "text/html"), "something else than plain text" },
        { "HTTP/1.1 200 OK\r\n\r\n" + Policy, "something else than plain text" },
        { PolicyServer.Ok("<html>"), "cannot be read" },
        { PolicyServer.Ok(""), "cannot be read" },
        { PolicyServer.Ok(Policy + new string('\n', 64 * 1024 - Policy.Length)), "Enforce" },
        { PolicyServer.Ok(Policy + new string('\n', 64 * 1024 - Policy.Length + 1)), "too long" },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + new string('x', 200_000), "too long" },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX: " + new string('x', 40_000) + "\r\n\r\n" + Policy, "cannot be spoken to" },
        { "HTTP/1.1 301 Moved\r\nLocation: https://mta-sts.x.test/other\r\nContent-Length: 0\r\n\r\n", "answers 301" },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "answers 302" },
        { "HTTP/1.1 203 Fine\r\nContent-Type: text/plain\r\n\r\n" + Policy, "answers 203" },
        { "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\n" + Policy, "answers 404" },
        { "HTTP/1.1 500 \u0007\r\n\r\n", "answers 500" },
        { "220 mail ESMTP\r\n", "cannot be spoken to" },
        { "", "cannot be spoken to" },
    };

    // The second chunk has 0x2e octets.
    private static string Chunked(string size) =>
        "HTTP/1.1 200 OK\r\nContent-Type: TEXT/PLAIN\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nversion: STSv1\r\n\r\n"
        + $"{size}\r\nmode: testing\r\nmx: a.test\r\nmax_age: 31557600\r\n\r\n0\r\n\r\n";

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Only_a_plain_and_whole_200_within_the_limits_is_a_policy(string answer, string expected)
    {
        Start().Answer = answer;

        var said = await FetchAsync();

        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain(said, char.IsControl);
        Assert.InRange(_server!.Asked.Count, 1, answer.Length == 0 ? 4 : 1); // who closes without a word is asked again
    }

    [Theory]
    [InlineData("mta-sts.other.test", false)]
    [InlineData("x.test", false)]
    [InlineData("mta-sts.x.test", true)]
    public async Task A_certificate_for_another_name_or_time_is_refused_and_nothing_is_asked(string name, bool isExpired)
    {
        Start(name, isExpired).Publish(Policy);

        Assert.Contains("certificate of the policy's host is not good", await FetchAsync(), StringComparison.Ordinal);
        Assert.Empty(_server!.Asked);
    }

    [Fact]
    public async Task A_certificate_of_nobody_whom_we_trust_is_refused()
    {
        Start().Publish(Policy);
        using var other = new TestAuthority();

        Assert.Contains("certificate of the policy's host is not good", await FetchAsync(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SSRF_a_host_at_an_address_that_no_stranger_may_name_is_not_dialled()
    {
        Start().Publish(Policy);

        Assert.Contains("is refused (loopback)", await FetchAsync(refused: new RefusedAddresses([])), StringComparison.Ordinal);
        Assert.Empty(_server!.Asked);
    }

    [Fact]
    public async Task A_host_that_is_not_there_or_does_not_listen_gives_nothing()
    {
        Start();
        _zone.Remove("mta-sts.x.test");
        Assert.Contains("has no address", await FetchAsync(), StringComparison.Ordinal);
        _zone.AddHost("mta-sts.x.test", "127.0.0.77");
        Assert.Contains("does not answer", await FetchAsync(), StringComparison.Ordinal);
        var longest = DomainName.Parse(string.Join('.', Enumerable.Repeat(new string('a', 49), 5)));
        Assert.Contains("too long", await FetchAsync(domain: longest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_address_is_dialled_after_one_that_does_not_answer()
    {
        Start().Publish(Policy);
        _zone.Remove("mta-sts.x.test").AddHost("mta-sts.x.test", "127.0.0.77", "127.0.0.1");

        Assert.Equal("Enforce", await FetchAsync());
    }

    [Fact]
    public async Task A_host_that_stays_silent_costs_a_minute_and_a_caller_who_goes_does_not_wait()
    {
        var server = Start();
        server.Answer = null;

        var fetching = FetchAsync();
        while (server.Asked.Count == 0)
            await Task.Delay(10);
        _time.Advance(HttpsStsFetch.TimeLimit);
        Assert.Contains("takes too long", await fetching, StringComparison.Ordinal);

        using var leaving = new CancellationTokenSource();
        var again = FetchAsync(cancellationToken: leaving.Token);
        while (server.Asked.Count == 1)
            await Task.Delay(10);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _authority.Dispose();
    }

    private PolicyServer Start(string name = "mta-sts.x.test", bool isExpired = false)
    {
        _zone.AddHost("mta-sts.x.test", "127.0.0.1");
        return _server = new PolicyServer(_authority.Issue(name, isExpired));
    }

    private async Task<string> FetchAsync(
        TestAuthority? trusted = null, RefusedAddresses? refused = null, DomainName? domain = null, CancellationToken cancellationToken = default)
    {
        var options = new RelayOptions
        {
            Hostname = DomainName.Parse("mail.example.test"), MtaStsPort = (ushort)_server!.EndPoint.Port, TrustedRoots = (trusted ?? _authority).Roots,
        };
        using var fetch = new HttpsStsFetch(_zone, new SocketConnector(refused ?? _refused), options, _time);
        return await fetch.FetchAsync(domain ?? X, cancellationToken) switch
        {
            StsFetched.Policy(var policy) => policy.Mode.ToString(),
            StsFetched.Nothing(var why) => why,
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        };
    }
}
