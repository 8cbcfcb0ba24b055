// The client and a scripted server, over memory or a real socket.
using System.Net;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

/// <summary>How the octets travel.</summary>
public enum Over
{
    Memory,
    Socket,
}

/// <summary>One server and one client of a test.</summary>
internal sealed class ClientRig : IAsyncDisposable
{
    public const string Host = "mx.peer.test";

    /// <summary>The time of a session.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SmtpClient _client;

    public ClientRig(PeerScript script, Over over = Over.Memory, FakeTime? time = null)
    {
        Time = time;
        Peer = new ScriptedPeer(time is null ? script : script with { Time = time });
        var address = over == Over.Socket ? Peer.Listen() : new IPEndPoint(IPAddress.Parse("192.0.2.25"), 25);
        IConnector connector = over == Over.Socket ? new SocketConnector(null) : new MemoryNetwork().Add(address, Peer);
        _client = new SmtpClient(connector, new ClientLimits(), time ?? TimeProvider.System);
        Target = new ClientTarget { HostName = Host, EndPoint = address, Hello = "client.test" };
    }

    public ScriptedPeer Peer { get; }

    public FakeTime? Time { get; }

    public ClientTarget Target { get; set; }

    /// <summary>The only session so far.</summary>
    public PeerSession Session => Assert.Single(Peer.Sessions);

    public Task<ConnectResult> ConnectAsync() => RunAsync(_client.ConnectAsync(Target, Budget, CancellationToken.None));

    public async Task<SmtpConnection> OpenAsync()
    {
        var result = await ConnectAsync();
        return result is ConnectResult.Connected connected ? connected.Connection : throw new InvalidOperationException(result.ToString());
    }

    public async Task<ClientTrouble> FailAsync()
    {
        var trouble = Assert.IsType<ConnectResult.Failed>(await ConnectAsync()).Trouble;
        Assert.Equal(TroubleScope.Site, trouble.Scope);
        Assert.Equal(4, trouble.Status.Class);
        Assert.IsType<Outcome.TryLater>(trouble.ToOutcome());
        return trouble;
    }

    public async Task<SendResult.Ended> SendAsync(SmtpConnection connection, OutgoingMessage message) =>
        Assert.IsType<SendResult.Ended>(await RunAsync(connection.SendAsync(message, () => true, CancellationToken.None)));

    /// <summary>Opens a session, sends one message and says goodbye.</summary>
    public async Task<SendResult.Ended> DeliverAsync(OutgoingMessage message)
    {
        await using var connection = await OpenAsync();
        var result = await SendAsync(connection, message);
        await RunAsync(QuitAsync(connection));
        return result;
    }

    /// <summary>Waits for work. Where the server stalls, time passes until the work gives up.</summary>
    public async Task<T> RunAsync<T>(Task<T> work)
    {
        if (Time is not null)
        {
            await Task.WhenAny(work, Peer.Stalled);
            while (!work.IsCompleted)
            {
                Time.Advance(TimeSpan.FromSeconds(10));
                await Task.WhenAny(work, Task.Delay(1));
            }
        }
        return await work.WaitAsync(Patience);
    }

    /// <summary>A message as most tests send it.</summary>
    public static OutgoingMessage Message(string content = "Subject: x\r\n\r\nbody\r\n", params string[] recipients) =>
        Message(Encoding.Latin1.GetBytes(content), recipients: recipients);

    /// <summary>A message whose content comes in pieces.</summary>
    public static OutgoingMessage Message(byte[] content, int piece = int.MaxValue, params string[] recipients)
    {
        var at = 0;
        return new OutgoingMessage
        {
            ReversePath = EmailAddress.Parse("sender@us.test"),
            Recipients = [.. (recipients.Length == 0 ? ["to@peer.test"] : recipients).Select(text => new OutgoingRecipient(EmailAddress.Parse(text)))],
            Length = content.Length,
            Content = (buffer, _) =>
            {
                var count = Math.Min(Math.Min(piece, buffer.Length), content.Length - at);
                content.AsSpan(at, count).CopyTo(buffer.Span);
                at += count;
                return ValueTask.FromResult(count);
            },
        };
    }

    /// <summary>The outcomes, a letter each: Delivered, try Later, Failed, Unknown.</summary>
    public static string Letters(SendResult.Ended result) => string.Concat(result.Recipients.Select(row => row.Outcome switch
    {
        Outcome.Delivered => 'D',
        Outcome.TryLater => 'L',
        Outcome.Failed => 'F',
        Outcome.Unknown => 'U',
        _ => '?',
    }));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Peer.DisposeAsync();

    private static async Task<bool> QuitAsync(SmtpConnection connection)
    {
        await connection.QuitAsync();
        return true;
    }
}
