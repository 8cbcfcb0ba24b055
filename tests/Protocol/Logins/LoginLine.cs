// Logins over SMTP and POP3 alike: what a client says is the same, only the words around it differ.
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Protocol.Logins;

/// <summary>A client under TLS before its login. Everybody's password is that of <see cref="SmtpRig"/>.</summary>
internal sealed class LoginLine : IAsyncDisposable
{
    private readonly bool _isPop3;
    private readonly MemoryClient _client;
    private readonly Func<ValueTask> _dispose;

    private LoginLine(bool isPop3, MemoryClient client, Func<ValueTask> dispose)
    {
        (_isPop3, _client, _dispose) = (isPop3, client, dispose);
    }

    /// <summary>The certificate that the server has shown.</summary>
    public byte[] Certificate => _client.PeerCertificate!;

    /// <summary>Connects under TLS to <c>SMTP</c> or <c>POP3</c> with alice@us.test behind it.</summary>
    public static async Task<LoginLine> ConnectAsync(string protocol, Action<GatewayOptions>? configure = null)
    {
        if (protocol == "SMTP")
        {
            var rig = new SmtpRig(configure);
            return new LoginLine(isPop3: false, await rig.ConnectTlsAsync(), rig.DisposeAsync);
        }
        var server = new Pop3Server(configure: configure);
        server.Directory.Domain("us.test", "alice@us.test").Account("alice@us.test", SmtpRig.Password);
        var client = new MemoryClient(server.HandlerOf("Pop3s").OnConnectedAsync) { WaitsForGreeting = false };
        await client.StartTlsAsync();
        Assert.StartsWith("+OK", await client.ReadLineAsync(), StringComparison.Ordinal);
        return new LoginLine(isPop3: true, client, server.DisposeAsync);
    }

    /// <summary>Begins a mechanism.</summary>
    public Task<string> BeginAsync(string mechanism, string? initialResponse = null) =>
        AskAsync(initialResponse is null ? $"AUTH {mechanism}" : $"AUTH {mechanism} {Encode(initialResponse)}");

    /// <summary>Sends a response.</summary>
    public Task<string> RespondAsync(string response) => AskAsync(Encode(response));

    /// <summary>
    /// Sends a line. The answer is <c>challenge ...</c> with the challenge decoded, or <c>accepted</c>, <c>refused</c>, <c>malformed</c>,
    /// <c>cancelled</c>, <c>delayed</c>, <c>not offered</c>.
    /// </summary>
    public async Task<string> AskAsync(string line)
    {
        await _client.SendAsync(line + "\r\n");
        var reply = (_isPop3 ? await _client.ReadLineAsync() : await _client.ReadReplyAsync()) ?? "";
        var challenge = _isPop3 ? "+ " : "334 ";
        if (reply.StartsWith(challenge, StringComparison.Ordinal))
            return $"challenge {Encoding.UTF8.GetString(Convert.FromBase64String(reply[challenge.Length..]))}";
        return reply switch
        {
            ['2', '3', '5', ..] or "+OK Logged in" => "accepted",
            ['5', '3', '5', ..] or "-ERR [AUTH] Login failed" => "refused",
            "501 5.7.0 Authentication cancelled" or "-ERR Authentication cancelled" => "cancelled",
            "501 5.5.2 Malformed authentication response" or "-ERR Malformed authentication response" => "malformed",
            "504 5.5.4 Authentication mechanism not offered" or "-ERR Authentication mechanism not offered" => "not offered",
            _ => reply.Contains("Too many logins have failed", StringComparison.Ordinal) ? "delayed" : reply,
        };
    }

    /// <summary>The session still hears a client that has not logged in.</summary>
    public async Task IsThereAsync()
    {
        await _client.SendAsync(_isPop3 ? "STAT\r\n" : "MAIL FROM:<alice@us.test>\r\n");
        Assert.StartsWith(_isPop3 ? "-ERR Command not known" : "530 5.7.0", await _client.ReadLineAsync(), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _dispose();
    }

    private static string Encode(string response) => response.Length == 0 ? "" : Convert.ToBase64String(Encoding.UTF8.GetBytes(response));
}
