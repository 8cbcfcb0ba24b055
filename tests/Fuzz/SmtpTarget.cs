// An SMTP session that is played bent input, and what must be true of it whatever that was.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail.Stores;
using MailFunctions.Protocol;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Fuzz;

/// <summary>Plays to one listener.</summary>
public abstract class SmtpTarget : Target
{
    /// <summary>The listener's name.</summary>
    protected virtual string Listener => "Smtp";

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var listener = Listeners.Rows.Single(row => row.Name == Listener);
        var tls = listener.Tls == TlsMode.Implicit;
        await using var rig = new SmtpRig(withTls: tls, limits: new WireLimits { Errors = 40, ErrorPause = TimeSpan.Zero });
        Exception? thrown = null;
        SmtpSession? session = null;
        string said;
        await using (var client = new MemoryClient(ServeAsync, scheduler: PipeScheduler.Inline))
        {
            if (tls)
                await client.StartTlsAsync();
            var reading = client.ReadToEndAsync(); // what is not read would stop the server one day
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
        Assert.Null(thrown);
        Assert.True(session!.Login is not { } login || login.ToString() == "alice@us.test");
        await JudgeAsync(rig, said);

        async Task ServeAsync(ConnectionContext context)
        {
            await using var connection = new ClientConnection(context, rig.Services.Limits, rig.Services.Time, rig.Meters.Metrics, addressHidden: false);
            try
            {
                if (tls && !await connection.HandshakeAsync(rig.Services.Tls.Of(listener)))
                    return;
                session = new SmtpSession(connection, listener, rig.Services, NullLogger.Instance);
                await session.RunAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is IOException and not StoreUnavailableException)
            {
                // the client is gone
            }
            catch (Exception error)
            {
                thrown = error;
            }
        }
    }

    // Replies are replies; a message is stored for each that says so, and for no other; and it is whole.
    private static async Task JudgeAsync(SmtpRig rig, string said)
    {
        var lines = said.Split("\r\n");
        Assert.Equal("", lines[^1]);
        foreach (var line in lines.SkipLast(1))
        {
            Assert.True(line.Length is >= 4 and <= 510 && line[..3].All(char.IsAsciiDigit) && line[3] is ' ' or '-' && line[0] is >= '2' and <= '5', line);
            Assert.True(line.All(octet => octet is >= ' ' and <= '~'), line);
        }
        var stored = await rig.SpooledAsync();
        Assert.Equal(lines.Count(line => line.StartsWith("250 2.0.0 OK queued as ", StringComparison.Ordinal)), stored.Count);
        foreach (var (envelope, content) in stored)
        {
            Assert.Contains($"250 2.0.0 OK queued as {envelope.Id}", lines);
            Assert.NotEmpty(envelope.Recipients);
            Assert.True(envelope.Login is not null || envelope.Recipients.All(to => to.IsLocal));
            var text = Encoding.Latin1.GetString(content);
            Assert.DoesNotContain('\0', text);
            Assert.DoesNotContain('\r', text.Replace("\r\n", "", StringComparison.Ordinal));
            Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        }
    }
}
