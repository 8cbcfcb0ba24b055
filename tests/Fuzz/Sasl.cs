// Bent logins, at both protocols.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Protocol;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Fuzz;

/// <summary>Each input is played to a submission session, and then to a POP3 session, to which AUTH is the same and the rest is noise.</summary>
public sealed class Sasl : SmtpTarget
{
    private const string Plain = "\0alice@us.test\0" + SmtpRig.Password;
    private const string First = "n,,n=alice@us.test,r=fyko+d2lbbFgONRv9qkxdawL";
    private const string Final = "c=biws,r=fyko+d2lbbFgONRv9qkxdawL,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    /// <inheritdoc/>
    protected override string Listener => "Submissions";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "=", "*", "\r\n*\r\n", "\0", "\xff", "\xc3\xa4", "{", "}", ",", "=2C", "=3D", "=2", "n,,", "y,,", "p=tls-server-end-point,,", "p=tls-exporter,,",
        "a=bob@us.test,", "m=x,", "r=", "c=biws", ",p=", "AUTH PLAIN ", "AUTH LOGIN\r\n", "AUTH SCRAM-SHA-256 ", "AUTH SCRAM-SHA-256-PLUS ", "bob@us.test",
        "\r\n\r\n", "RSET\r\n", "QUIT\r\n",
    ];

    // What stands between braces is bent as it is, and then written in base64: else it would rarely come as far as a mechanism.
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        $"EHLO c.test\r\nAUTH PLAIN {{{Plain}}}\r\nMAIL FROM:<alice@us.test>\r\nRCPT TO:<x@far.test>\r\nDATA\r\nFrom: alice@us.test\r\n\r\nx\r\n.\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH PLAIN\r\n{{{Plain}}}\r\nSTAT\r\nMAIL FROM:<bob@us.test>\r\nMAIL FROM:<alice@us.test> AUTH=<>\r\nRSET\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH LOGIN\r\n{{alice@us.test}}\r\n{{{SmtpRig.Password}}}\r\nAUTH LOGIN\r\nUIDL\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH LOGIN {{bob@us.test}}\r\n{{wrong}}\r\nAUTH LOGIN\r\n*\r\nAUTH PLAIN =\r\nAUTH CRAM-MD5\r\n"
            + $"AUTH PLAIN {{alice@us.test{Plain}}}\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH SCRAM-SHA-256 {{{First}}}\r\n{{{Final}}}\r\n\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH SCRAM-SHA-256\r\n{{{First}}}\r\n*\r\n"
            + $"AUTH SCRAM-SHA-256-PLUS {{p=tls-server-end-point,,n=alice@us.test,r=abc}}\r\n{{{Final}}}\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH PLAIN {Base64(Encoding.UTF8.GetBytes(Plain))}\r\nCAPA\r\nNOOP\r\nQUIT\r\n",
    ];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var encoded = pieces.Select(Encode).ToList();
        await base.PlayAsync(encoded);
        await PlayToPop3Async(encoded);
    }

    private static async Task PlayToPop3Async(List<byte[]> pieces)
    {
        await using var server = new Pop3Server(withCertificate: false).With("a: b\r\n\r\nc\r\n");
        server.Directory.Domain("us.test", "alice@us.test").Account("alice@us.test", SmtpRig.Password);
        await using var client = new MemoryClient(server.HandlerOf("Pop3").OnConnectedAsync, "127.0.0.1", PipeScheduler.Inline);
        var reading = client.ReadToEndAsync();
        foreach (var piece in pieces)
        {
            if (reading.IsCompleted)
                break;
            await client.SendAsync(piece);
        }
        await client.CloseAsync();
        var said = await reading;
        await client.Ended;
        Assert.InRange(client.MostUnflushed, 0, 64 * 1024);
        Assert.False(server.Maildrop.IsHeld);
        Assert.Single(server.Maildrop.Messages); // nothing here deletes
        Assert.StartsWith("+OK ", said, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", said, StringComparison.Ordinal);
        Assert.InRange(said.Split("\r\n+OK Logged in\r\n").Length, 1, 2);
        Assert.DoesNotContain("logged in", server.Log.Text.Replace("alice@us.test logged in", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static byte[] Encode(byte[] piece)
    {
        var encoded = new List<byte>();
        for (var rest = piece.AsSpan(); !rest.IsEmpty;)
        {
            var open = rest.IndexOf((byte)'{');
            var close = open < 0 ? -1 : rest[open..].IndexOf((byte)'}');
            if (close < 0)
            {
                encoded.AddRange(rest);
                break;
            }
            encoded.AddRange(rest[..open]);
            encoded.AddRange(Encoding.ASCII.GetBytes(Base64(rest[(open + 1)..(open + close)])));
            rest = rest[(open + close + 1)..];
        }
        return [.. encoded];
    }

    private static string Base64(ReadOnlySpan<byte> octets) => Convert.ToBase64String(octets);
}
