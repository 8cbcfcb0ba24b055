// Bent sessions of clients that fetch mail.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Protocol;
using MailFunctions.Protocol.Pop3;

namespace MailFunctions.Fuzz;

public sealed class Pop3 : Target
{
    // Most inputs come to it as they are: who is not logged in sees little.
    private const string Login = "USER alice@example.test\r\nPASS secret\r\n";

    private static readonly string[] Messages = ["Subject: one\r\n\r\n.\r\n..\r\n.x\r\n", "\r\nx\n.\ny\r.\r\n", "a: b\r\n\r\n"];

    private int _played;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "CAPA\r\nSTAT\r\nUIDL\r\nLIST\r\nRETR 1\r\nDELE 1\r\nRETR 3\r\nDELE 3\r\nQUIT\r\n",
        "LIST 2\r\nUIDL 2\r\nTOP 1 0\r\nTOP 2 10\r\nDELE 2\r\nRETR 2\r\nRSET\r\nNOOP\r\nQUIT\r\n",
        "UTF8\r\nDELE 1\r\nDELE 2\r\nDELE 3\r\nSTAT\r\nLIST\r\nDELE 4\r\nRSET\r\nDELE 2\r\nQUIT\r\n",
    ];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        await using var server = new Pop3Server(withCertificate: false).With(Messages);
        string said;
        await using (var client = new MemoryClient(server.HandlerOf("Pop3").OnConnectedAsync, "127.0.0.1", PipeScheduler.Inline))
        {
            var reading = client.ReadToEndAsync();
            if (_played++ % 20 > 0)
                await client.SendAsync(Login);
            foreach (var piece in pieces)
            {
                if (reading.IsCompleted)
                    break;
                await client.SendAsync(piece);
            }
            await client.CloseAsync();
            said = await reading;
            await client.Ended;
            Assert.InRange(client.MostUnflushed, 0, 64 * 1024);
        }
        // The server itself asserts at its end that nothing was logged as a failure and that no stream is open.
        Assert.False(server.Maildrop.IsHeld);
        Assert.EndsWith("\r\n", said, StringComparison.Ordinal);
        Assert.StartsWith("+OK ", said, StringComparison.Ordinal);
        if (server.Maildrop.Messages.Count < Messages.Length)
            Assert.EndsWith("\r\n+OK Bye, marked messages are deleted\r\n", said, StringComparison.Ordinal);
        var text = Encoding.Latin1.GetBytes(said);
        Assert.DoesNotContain((byte)0, text);
    }
}
