// Messages are looked at by a scanner before they come into mailboxes, and come there whatever it does.
using System.Text;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;
using MailFunctions.Rig.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Functions;

public sealed class ScanningTests
{
    private const string Ham = """{"score":1.25,"required_score":15.0,"action":"no action","symbols":{"MISSING_DATE":{"name":"MISSING_DATE","score":1.25}}}""";

    private static readonly EmailAddress Alice = EmailAddress.Parse("alice@example.test");

    [Theory]
    [InlineData(Ham, "X-Spam-Status: No, score=1.25 required=15.00\r\n\taction=no action\r\nX-Spam-Symbols: MISSING_DATE(1.25)\r\n")]
    [InlineData("""{"score":8,"required_score":15,"action":"add header"}""", "X-Spam: Yes\r\nX-Spam-Status: Yes, score=8.00 required=15.00\r\n\taction=add header\r\n")]
    [InlineData("""{"score":99,"required_score":15,"action":"reject","symbols":{}}""", "X-Spam: Yes\r\nX-Spam-Status: Yes, score=99.00 required=15.00\r\n\taction=reject\r\n")]
    [InlineData("""{"score":1,"required_score":15,"action":"x\r\nBcc: y","symbols":{"A\r\nB":{}}}""", "X-Spam-Status: No, score=1.00 required=15.00\r\n\taction=x??Bcc? y\r\nX-Spam-Symbols: A??B\r\n")]
    [InlineData("""{"score":1,"action":"no action","required_score":null}""", "X-Spam-Status: No, score=1.00\r\n\taction=no action\r\n")]
    [InlineData("""{"score":1,"required_score":15}""", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("""{"score":"1","required_score":15,"action":"no action"}""", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("""{"score":1,"required_score":15,"action":"\ud800"}""", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("""{"score":1,"required_score":15,"action":"no action","symbols":{"\ud800":{}}}""", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("""{"score":1,"required_score":15,"action":"soft reject"}""", "X-Spam-Status: No, score=1.00 required=15.00\r\n\taction=soft reject\r\n")]
    [InlineData("""{"score":1,"required_score":15,"action":"quarantine"}""", "X-Spam: Yes\r\nX-Spam-Status: Yes, score=1.00 required=15.00\r\n\taction=quarantine\r\n")]
    [InlineData("cut", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("[]", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("rubbish", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("500", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("302", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("huge", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    [InlineData("stalls", "X-Spam-Status: Unknown, the scanner could not be asked\r\n")]
    public async Task What_it_says_stands_on_top_of_the_copy_and_what_it_does_wrong_keeps_nothing_back(string answer, string fields)
    {
        await using var scanner = await Scanner.StartAsync(answer);
        await using var rig = Rig(scanner.Address);
        var id = rig.Submit(EmailAddress.Parse("x@far.test"), ["alice@example.test"], content: Encoding.Latin1.GetBytes("X-Spam-Status: No, forged\r\nSubject: x\r\n\r\nbody\r\n"));
        await rig.RunToRestAsync();

        Assert.Equal(
            $"Return-Path: <x@far.test>\r\nDelivered-To: alice@example.test\r\n{fields}X-Spam-Status: No, forged\r\nSubject: x\r\n\r\nbody\r\n",
            Encoding.Latin1.GetString(rig.Stores.Mailboxes.Content(Alice, id)));
    }

    [Fact]
    public async Task It_is_told_who_brought_the_message_and_reads_all_of_it_however_large_it_is()
    {
        await using var scanner = await Scanner.StartAsync(Ham);
        await using var rig = Rig(scanner.Address);
        var content = Encoding.Latin1.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("a line of some length that is repeated\r\n", 100_000)));
        rig.Submit(EmailAddress.Parse("x@far.test"), ["alice@example.test", "bob@example.test"], content: content);
        await rig.RunToRestAsync();

        var (headers, body) = Assert.Single(scanner.Requests);
        Assert.Equal(content, body);
        Assert.Equal(("x@far.test", "client.elsewhere.test", "mail.example.test"), (headers["From"], headers["Helo"], headers["MTA-Name"]));
        Assert.Equal("alice@example.test, bob@example.test", headers["Rcpt"]);
        Assert.Equal(2, rig.Stores.Mailboxes.Created);
    }

    [Fact]
    public async Task Where_it_must_answer_mail_is_kept_back_for_four_hours_and_then_delivered_all_the_same()
    {
        await using var scanner = await Scanner.StartAsync("500");
        await using var rig = Rig(scanner.Address, closed: true);
        var id = rig.Submit(EmailAddress.Parse("x@far.test"), ["alice@example.test"]);
        await rig.RunForAsync(TimeSpan.FromHours(3.9));
        Assert.Equal(0, rig.Stores.Mailboxes.Created);
        Assert.Equal([id], rig.Stores.Spool.Ids);
        await rig.RunToRestAsync();

        Assert.Contains("X-Spam-Status: Unknown", Encoding.Latin1.GetString(rig.Stores.Mailboxes.Content(Alice, id)), StringComparison.Ordinal);
        Assert.InRange(scanner.Requests.Count, 20, 60);
    }

    [Fact]
    public async Task Neither_reports_of_ours_nor_what_is_too_large_nor_what_only_leaves_is_looked_at()
    {
        await using var scanner = await Scanner.StartAsync(Ham);
        await using var rig = Rig(scanner.Address, maxBytes: 1_000);
        rig.Domain("one.test", new PeerScript());
        rig.Submit(Alice, ["alice@example.test"], MessageOrigin.Report);
        rig.Submit(Alice, ["a@one.test"]);
        var large = rig.Submit(Alice, ["alice@example.test"], content: new byte[1_001]);
        await rig.RunToRestAsync();

        Assert.Empty(scanner.Requests);
        Assert.Contains("X-Spam-Status: Unknown, too large", Encoding.Latin1.GetString(rig.Stores.Mailboxes.Content(Alice, large)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_rspamd_knows_the_message_that_all_scanners_know()
    {
        await using var rspamd = await RspamdServer.StartAsync("127.0.0.1:1"); // where nobody answers
        await using var rig = Rig(rspamd.Address, seconds: 60); // it waits for names that nobody knows
        var spam = rig.Submit(EmailAddress.Parse("x@far.test"), ["alice@example.test"], content: Encoding.Latin1.GetBytes(
            "Subject: x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"));
        var ham = rig.Submit(EmailAddress.Parse("x@far.test"), ["alice@example.test"], content: Encoding.Latin1.GetBytes("From: x@far.test\r\nSubject: x\r\n\r\nhello\r\n"));
        await rig.RunToRestAsync();

        Assert.DoesNotContain(rig.Log.Lines, line => line.Event == 1009);
        Assert.Contains("\r\nX-Spam: Yes\r\nX-Spam-Status: Yes, score=15.00", Encoding.Latin1.GetString(rig.Stores.Mailboxes.Content(Alice, spam)), StringComparison.Ordinal);
        Assert.Contains("\r\nX-Spam-Status: No, score=", Encoding.Latin1.GetString(rig.Stores.Mailboxes.Content(Alice, ham)), StringComparison.Ordinal);
    }

    private static RelayRig Rig(Uri scanner, bool closed = false, long maxBytes = 10_000_000, int seconds = 3) => new(options => options with
    {
        Scan = new ScanOptions { Rspamd = scanner, IsClosed = closed, MaxBytes = maxBytes, Timeout = TimeSpan.FromSeconds(seconds) },
    });

    // Says what a test tells it.
    private sealed class Scanner : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private Scanner(WebApplication app) => _app = app;

        public Uri Address => new(_app.Urls.Single());

        public System.Collections.Concurrent.ConcurrentQueue<(Dictionary<string, string> Headers, byte[] Body)> Requests { get; } = new();

        public static async Task<Scanner> StartAsync(string answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var scanner = new Scanner(app);
            app.MapPost("/checkv2", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                scanner.Requests.Enqueue((context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
                if (answer == "stalls")
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                else if (answer == "cut")
                {
                    context.Response.ContentLength = Ham.Length;
                    await context.Response.WriteAsync(Ham[..^5]);
                    context.Abort();
                }
                else if (int.TryParse(answer, out var status))
                    context.Response.StatusCode = status;
                else
                    await context.Response.WriteAsync(answer == "huge" ? new string(' ', 2_000_000) + Ham : answer);
            });
            await app.StartAsync();
            return scanner;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
