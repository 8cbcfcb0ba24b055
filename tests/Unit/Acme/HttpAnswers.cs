// The listener that answers HTTP-01, and what strangers may do to it.
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailFunctions.Acme;
using MailFunctions.Acme.Solvers;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Acme;

public sealed class HttpAnswers
{
    private const string Good = "GET /.well-known/acme-challenge/token HTTP/1.1\r\nHost: mail.example.org\r\n\r\n";
    private const string Proof = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 16\r\nConnection: close\r\n\r\ntoken.thumbprint";
    private const string Nothing = "HTTP/1.1 404 Not Found\r\nContent-Type: application/octet-stream\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private readonly FakeTime _time = new();

    public static TheoryData<string, string> Rows => new()
    {
        { Good, Proof },
        { Good.Replace("1.1", "1.0", StringComparison.Ordinal), Proof },
        { Good.Replace("/token", "/Token", StringComparison.Ordinal), Nothing },
        { Good.Replace("/token", "/token/", StringComparison.Ordinal), Nothing },
        { Good.Replace("/token", "/../acme-challenge/token", StringComparison.Ordinal), Nothing },
        { Good.Replace("/token", "/", StringComparison.Ordinal), Nothing },
        { Good.Replace("GET", "POST", StringComparison.Ordinal), Nothing },
        { Good.Replace("/.well-known", "http://mail.example.org/.well-known", StringComparison.Ordinal), Nothing },
        { "GET / HTTP/1.1\r\n\r\n", Nothing },
        { "\r\n\r\n", Nothing },
        { "GET\r\n\r\n", Nothing },
        { new string('a', 4096), Nothing }, // more than a head may have, and no end of it
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Who_asks_for_a_proof_gets_it_and_who_asks_for_anything_else_gets_nothing(string request, string reply)
    {
        await using var server = await StartAsync();

        Assert.Equal(reply, await AskAsync(server, request));
    }

    [Fact]
    public async Task A_request_may_come_in_two_pieces_cut_anywhere()
    {
        await using var server = await StartAsync();
        for (var cut = 1; cut < Good.Length; cut++)
            Assert.Equal(Proof, await AskAsync(server, Good[..cut], Good[cut..]));
    }

    [Fact]
    public async Task A_proof_that_was_taken_away_is_not_shown()
    {
        await using var server = await StartAsync();
        await server.WithdrawAsync(Challenge, TestContext.Current.CancellationToken);

        Assert.Equal(Nothing, await AskAsync(server, Good));
    }

    [Fact]
    public async Task Silent_clients_keep_nobody_out_for_longer_than_ten_seconds()
    {
        await using var server = await StartAsync();
        var silent = new List<TcpClient>();
        for (var i = 0; i < 32; i++)
            silent.Add(await ConnectAsync(server));
        var asking = AskAsync(server, Good);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(11)); // whenever the last of them has been taken
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Proof, await asking);
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_of()
    {
        await using var server = await StartAsync();

        var error = Assert.Throws<AcmeException>(() => HttpChallenges.Start(server.EndPoint, _time));

        Assert.Contains($"{server.EndPoint} cannot be listened on", error.Message, StringComparison.Ordinal);
    }

    private static Challenge Challenge => new("mail.example.org", "token", "token.thumbprint");

    private async Task<HttpChallenges> StartAsync()
    {
        var server = HttpChallenges.Start(new IPEndPoint(IPAddress.Parse("127.0.0.6"), 0), _time);
        await server.PublishAsync(Challenge, TestContext.Current.CancellationToken);
        return server;
    }

    private static async Task<TcpClient> ConnectAsync(HttpChallenges server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.EndPoint, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<string> AskAsync(HttpChallenges server, params string[] pieces)
    {
        using var client = await ConnectAsync(server);
        foreach (var piece in pieces)
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(piece), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
