// An SMTP client of the load: it tells what it knows of the fate of each message.
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Bench.Soak;

/// <summary>What became of a message.</summary>
internal abstract record Submission
{
    private Submission()
    {
    }

    /// <summary>It was answered 250, with this name.</summary>
    public sealed record Accepted(string SpoolId) : Submission;

    /// <summary>It was refused.</summary>
    /// <param name="Reply">The reply.</param>
    /// <param name="WasSent">Whether all of the message had been sent.</param>
    public sealed record Refused(string Reply, bool WasSent) : Submission
    {
        /// <summary>Whether it is to be sent again.</summary>
        public bool IsForNow => Reply.StartsWith('4');
    }

    /// <summary>The connection broke.</summary>
    /// <param name="WasSent">Whether all of the message may have been sent.</param>
    public sealed record Broken(bool WasSent) : Submission;
}

/// <summary>One session, in clear.</summary>
internal sealed class SmtpSession : IDisposable
{
    private const string Queued = "queued as ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly StreamReader _reader;

    private SmtpSession(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    /// <summary>How many messages it has brought to an end.</summary>
    public int Sent { get; private set; }

    /// <summary>Connects and greets; null where that fails.</summary>
    public static async Task<SmtpSession?> TryOpenAsync(int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            var session = new SmtpSession(client);
            if (await session.HearAsync(cancellationToken) is ['2', ..] && await session.AskAsync("EHLO client.load.test", cancellationToken) is ['2', ..])
                return session;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // it is told by null
        }
        client.Dispose();
        return null;
    }

    /// <summary>Sends a message; after anything but <see cref="Submission.Accepted"/> the session is of no more use.</summary>
    public async Task<Submission> SendAsync(NumberedMessage message, IReadOnlyList<string> recipients, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var wasSent = false;
        try
        {
            foreach (var command in recipients.Select(recipient => $"RCPT TO:<{recipient}>").Prepend("MAIL FROM:<load@load.test>").Append("DATA"))
            {
                if (await AskAsync(command, limit.Token) is var reply && reply[0] is not ('2' or '3'))
                    return new Submission.Refused(reply, WasSent: false);
            }
            wasSent = true;
            await _stream.WriteAsync(message.ToWire(), limit.Token);
            var last = await HearAsync(limit.Token);
            if (last[0] != '2')
                return new Submission.Refused(last, WasSent: true);
            Sent++;
            return new Submission.Accepted(last[(last.IndexOf(Queued, StringComparison.Ordinal) + Queued.Length)..]);
        }
        catch (Exception error) when (
            error is IOException or SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Submission.Broken(wasSent);
        }
    }

    /// <summary>Says goodbye, and does not mind whether that is heard.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("QUIT", cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // it has gone
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n"), cancellationToken);
        return await HearAsync(cancellationToken);
    }

    // The last line of a reply.
    private async Task<string> HearAsync(CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var line = await _reader.ReadLineAsync(cancellationToken);
            if (line is null or { Length: < 4 })
                throw new IOException("The server has closed.");
            if (line[3] != '-')
                return line;
        }
    }
}
