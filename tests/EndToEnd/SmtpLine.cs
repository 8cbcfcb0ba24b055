// A submission session that sends many messages one after the other.
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>One session on the submissions listener, logged in.</summary>
internal sealed class SmtpLine : IDisposable
{
    private readonly SslStream _stream;
    private readonly StreamReader _reader;

    private SmtpLine(SslStream stream)
    {
        _stream = stream;
        _reader = new StreamReader(stream, Encoding.Latin1);
    }

    /// <summary>Connects and logs in.</summary>
    public static async Task<SmtpLine> SubmitAsync(LocalSystem system, string user)
    {
        var line = await ConnectAsync(system);
        await line.AskAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}@example.test\0{LocalSystem.Password}"))}", "235");
        return line;
    }

    /// <summary>Connects and greets.</summary>
    public static async Task<SmtpLine> ConnectAsync(LocalSystem system)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", system.Port("submissions"));
        var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        var line = new SmtpLine(tls);
        await line.AskAsync(null, "220");
        await line.AskAsync("EHLO client.test", "250");
        return line;
    }

    /// <summary>Sends one message.</summary>
    public async Task SendAsync(string from, string to, string content)
    {
        await AskAsync($"MAIL FROM:<{from}>", "250");
        await AskAsync($"RCPT TO:<{to}>", "250");
        await AskAsync("DATA", "354");
        await AskAsync(content + ".", "250");
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Sends a line, or none, and checks how the reply begins.</summary>
    public async Task AskAsync(string? text, string expected)
    {
        if (text is not null)
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(text + "\r\n"));
        string line;
        do
            line = await _reader.ReadLineAsync() ?? throw new IOException("The server has closed.");
        while (line.Length > 3 && line[3] == '-');
        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }
}
