// The other end of mail that leaves: an exchanger that takes everything, or not, and knows what it has taken.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Bench.Soak;

/// <summary>What an exchanger does to a transaction.</summary>
internal enum SinkMood
{
    /// <summary>It takes the message.</summary>
    Takes,

    /// <summary>It answers 451 to a recipient.</summary>
    RefusesRecipient,

    /// <summary>It answers 451 to the final dot, and keeps nothing.</summary>
    RefusesMessage,

    /// <summary>It closes the connection in the middle of the message.</summary>
    HangsUpBefore,

    /// <summary>It keeps the message and closes the connection in place of the answer.</summary>
    HangsUpAfter,
}

/// <summary>A message that was taken.</summary>
/// <param name="SpoolId">By which name the sender has it.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Message">All of it.</param>
/// <param name="ConnectedAt">When its connection was accepted (<see cref="Stopwatch.GetTimestamp"/>).</param>
/// <param name="At">When its last line had come.</param>
/// <param name="IsAnswered">Whether an answer is sent.</param>
internal readonly record struct Arrival(string SpoolId, string Recipient, string Message, long ConnectedAt, long At, bool IsAnswered);

/// <summary>An SMTP server with one recipient a transaction. Disposing closes it and all that is open.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private const string IdMark = " id ";
    private const int IdLength = 32;

    private readonly TcpListener _listener;
    private readonly Func<SinkMood> _mood;
    private readonly Action<Arrival> _arrived;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private SmtpSink(IPAddress address, int port, Func<SinkMood> mood, Action<Arrival> arrived)
    {
        _listener = new TcpListener(address, port);
        _listener.Start(200);
        (_mood, _arrived) = (mood, arrived);
        _accepting = AcceptAsync();
    }

    /// <summary>Starts one.</summary>
    /// <param name="address">Its address of 127.0.0.0/8.</param>
    /// <param name="port">Its port.</param>
    /// <param name="mood">Asked once a transaction.</param>
    /// <param name="arrived">Called with each message before it is answered, from several threads.</param>
    public static SmtpSink Start(string address, int port, Func<SinkMood> mood, Action<Arrival> arrived) => new(IPAddress.Parse(address), port, mood, arrived);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            for (; ; sessions.RemoveAll(session => session.IsCompleted))
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                await TalkAsync(reader, line => stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), _stop.Token));
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // the client has gone, or we go
            }
        }
    }

    private async Task TalkAsync(StreamReader reader, Func<string, ValueTask> sayAsync)
    {
        var connected = Stopwatch.GetTimestamp();
        await sayAsync("220 sink.test");
        var (recipient, mood) = ("", SinkMood.Takes);
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "MAIL":
                    mood = _mood();
                    await sayAsync("250 ok");
                    break;
                case "RCPT":
                    recipient = line.Split('<', '>')[1];
                    await sayAsync(mood == SinkMood.RefusesRecipient ? "451 4.2.0 not now" : "250 ok");
                    break;
                case "DATA":
                    await sayAsync("354 go");
                    if (await ReadContentAsync(reader, mood) is not { } message)
                        return;
                    if (mood != SinkMood.RefusesMessage)
                        _arrived(new Arrival(SpoolIdOf(message), recipient, message, connected, Stopwatch.GetTimestamp(), mood != SinkMood.HangsUpAfter));
                    if (mood == SinkMood.HangsUpAfter)
                        return;
                    await sayAsync(mood == SinkMood.RefusesMessage ? "451 4.3.0 not now" : "250 taken");
                    break;
                case "QUIT":
                    await sayAsync("221 bye");
                    return;
                default:
                    await sayAsync(line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase) ? "250-sink.test\r\n250 8BITMIME" : "250 ok");
                    break;
            }
        }
    }

    private async Task<string?> ReadContentAsync(StreamReader reader, SinkMood mood)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (line == ".")
                return text.ToString();
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            if (mood == SinkMood.HangsUpBefore && text.Length > 1_000)
                return null;
        }
        return null;
    }

    // The topmost Received field is the sender's own.
    private static string SpoolIdOf(string message)
    {
        var at = message.IndexOf(IdMark, StringComparison.Ordinal);
        return at < 0 || at + IdMark.Length + IdLength > message.Length ? "" : message.Substring(at + IdMark.Length, IdLength);
    }
}
