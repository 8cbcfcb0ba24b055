// One session of a scripted mail server.
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Rig.Peers;

/// <summary>Reads commands, follows the script, writes down what came.</summary>
internal sealed class PeerConversation(PeerScript script, PeerSession session, Action stalls, CancellationToken stopping)
{
    private sealed class ClosedException : Exception;

    private const int BodyStart = 100; // how much content is read before the script's act in the middle of it

    private readonly Dictionary<PeerStage, int> _reached = [];
    private Stream _stream = Stream.Null;
    private PipeReader _input = null!;
    private LineReader _lines = null!;
    private string? _mail;
    private List<string> _recipients = [];
    private PeerContent? _chunks;

    public async Task RunAsync(Stream stream)
    {
        Use(stream);
        try
        {
            await DoAsync(PeerStage.Connect, "");
            if (script.ImplicitTls)
                await HandshakeAsync();
            await DoAsync(PeerStage.Banner, "220 peer.test ESMTP\r\n");
            while (await _lines.ReadAsync(20_000, stopping) is { Status: LineStatus.Line } line)
                await CommandAsync(Encoding.Latin1.GetString(line.Octets.Span));
        }
        catch (Exception error) when (error is IOException or ClosedException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // the end of a session, one way or another
        }
        finally
        {
            session.UnfinishedOctets += _chunks?.Length ?? 0;
            await _stream.DisposeAsync();
        }
    }

    private async Task CommandAsync(string line)
    {
        session.Add(line);
        session.SpokeEarly |= !script.Extensions.Contains("PIPELINING") && _lines.HasInput();
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (verb, argument) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
        switch (verb)
        {
            case "EHLO":
                await DoAsync(session.IsTls ? PeerStage.EhloAgain : PeerStage.Ehlo, Offers());
                break;
            case "HELO":
                await DoAsync(PeerStage.Helo, "250 peer.test\r\n");
                break;
            case "STARTTLS":
                await DoAsync(PeerStage.StartTls, "220 2.0.0 Go ahead\r\n", HandshakeAsync);
                break;
            case "AUTH":
                await LogInAsync(argument);
                break;
            case "RSET":
                Forget();
                await DoAsync(PeerStage.Reset, "250 2.0.0 OK\r\n");
                break;
            case "MAIL":
                await DoAsync(PeerStage.Mail, _mail is null ? "250 2.1.0 OK\r\n" : "503 5.5.1 nested MAIL\r\n", onSuccess: () => Begin(argument));
                break;
            case "RCPT":
                await DoAsync(PeerStage.Rcpt, _mail is null ? "503 5.5.1 MAIL first\r\n" : "250 2.1.5 OK\r\n", onSuccess: () => Add(argument));
                break;
            case "DATA":
                await DoAsync(PeerStage.Data, _recipients.Count == 0 ? "503 5.5.1 RCPT first\r\n" : "354 Go ahead\r\n", ReadContentAsync);
                break;
            case "BDAT":
                await ReadChunkAsync(argument);
                break;
            case "QUIT":
                await DoAsync(PeerStage.Quit, "221 2.0.0 Bye\r\n");
                throw new ClosedException();
            default:
                await SayAsync("500 5.5.2 What?\r\n");
                break;
        }
    }

    private Task Begin(string argument)
    {
        _mail = argument;
        _recipients = [];
        return Task.CompletedTask;
    }

    private Task Add(string argument)
    {
        _recipients.Add(argument);
        return Task.CompletedTask;
    }

    private void Forget()
    {
        _mail = null;
        _recipients = [];
        _chunks?.Dispose();
        _chunks = null;
    }

    private string Offers()
    {
        List<string> offers = ["peer.test", .. script.Extensions];
        if (script.Certificate is not null && !session.IsTls)
            offers.Add("STARTTLS");
        if (script.Login is not null && session.IsTls)
            offers.Add($"AUTH {script.Mechanisms}");
        return string.Concat(offers.Select((offer, i) => $"250{(i == offers.Count - 1 ? ' ' : '-')}{offer}\r\n"));
    }

    private async Task HandshakeAsync()
    {
        if (script.ActAt(PeerStage.Handshake, Reached(PeerStage.Handshake)) is { } act)
        {
            await _input.ReadAsync(stopping); // the client's first message: what is said before it would be said in clear
            await PlayAsync(act);
            throw new ClosedException();
        }
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, name) =>
                {
                    session.ServerName = name;
                    return script.Certificate!;
                },
            },
            stopping);
        session.IsTls = true;
        Use(tls);
    }

    private async Task LogInAsync(string argument)
    {
        if (script.ActAt(PeerStage.Auth, Reached(PeerStage.Auth)) is { } act)
        {
            await PlayAsync(act);
            return;
        }
        session.IsLoggedIn = await PeerLogin.RunAsync(script.Login!.Value, argument, async challenge =>
        {
            await SayAsync($"334 {Convert.ToBase64String(Encoding.ASCII.GetBytes(challenge))}\r\n");
            var line = await _lines.ReadAsync(20_000, stopping);
            return line.Status == LineStatus.Line ? Convert.FromBase64String(Encoding.ASCII.GetString(line.Octets.Span)) : throw new ClosedException();
        });
        await SayAsync(session.IsLoggedIn ? "235 2.7.0 Welcome\r\n" : "535 5.7.8 No\r\n");
    }

    private async Task ReadContentAsync()
    {
        using var content = new PeerContent(script.KeepsContent);
        var reader = new DotReader(_input);
        var buffer = new byte[BodyStart];
        var inBody = script.ActAt(PeerStage.Body, Reached(PeerStage.Body));
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer, stopping)) > 0;)
            {
                content.Add(buffer.AsSpan(0, count));
                if (inBody is not null)
                    await PlayAsync(inBody);
                inBody = null;
                if (buffer.Length == BodyStart)
                    buffer = new byte[65_536];
            }
        }
        catch
        {
            session.UnfinishedOctets += content.Length;
            throw;
        }
        finally
        {
            session.Defects |= reader.Defects;
        }
        await FinishAsync(content);
    }

    private async Task ReadChunkAsync(string argument)
    {
        var isLast = argument.EndsWith(" LAST", StringComparison.Ordinal);
        var size = int.Parse(isLast ? argument[..^5] : argument, CultureInfo.InvariantCulture);
        _chunks ??= new PeerContent(script.KeepsContent);
        var chunk = new byte[size];
        await _input.AsStream(leaveOpen: true).ReadExactlyAsync(chunk, stopping);
        _chunks.Add(chunk);
        if (!isLast)
        {
            await DoAsync(PeerStage.Chunk, "250 2.0.0 Next\r\n");
            return;
        }
        var content = _chunks;
        _chunks = null;
        await FinishAsync(content);
        content.Dispose();
    }

    private async Task FinishAsync(PeerContent content)
    {
        var message = content.ToMessage(_mail ?? "", _recipients);
        session.Add(message);
        Forget();
        await DoAsync(PeerStage.End, "250 2.0.0 Taken\r\n", () =>
        {
            message.WasTaken = true;
            return Task.CompletedTask;
        });
    }

    // What the script wants at this stage, or else the usual reply; then, if that was a success, what follows from it.
    private async Task DoAsync(PeerStage stage, string usual, Func<Task>? onSuccess = null)
    {
        var act = script.ActAt(stage, Reached(stage)) ?? new PeerAct.Say(usual);
        // Noted before the reply leaves: the client may look as soon as it has it.
        var says = act switch { PeerAct.Say say => say.Text, PeerAct.Drip drip => drip.Text, PeerAct.SayAndClose say => say.Text, _ => "" };
        var isSuccess = says.StartsWith(stage == PeerStage.Data ? '3' : '2');
        var early = stage is not (PeerStage.StartTls or PeerStage.Data);
        if (isSuccess && early && onSuccess is not null)
            await onSuccess();
        await PlayAsync(act);
        if (isSuccess && !early && onSuccess is not null)
            await onSuccess();
    }

    private async Task PlayAsync(PeerAct act)
    {
        switch (act)
        {
            case PeerAct.Say say:
                if (say.Before is { } before)
                    await before();
                await SayAsync(say.Text);
                if (say.After is { } after)
                    await after();
                break;
            case PeerAct.SayAndClose say:
                await SayAsync(say.Text);
                throw new ClosedException();
            case PeerAct.Close:
                throw new ClosedException();
            case PeerAct.Stall:
                stalls();
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
                break;
            case PeerAct.Drip drip:
                stalls();
                foreach (var character in drip.Text)
                {
                    await Task.Delay(drip.Pause, script.Time, stopping);
                    await SayAsync(character.ToString());
                }
                break;
        }
    }

    private async Task SayAsync(string text)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), stopping);
        await _stream.FlushAsync(stopping);
    }

    private int Reached(PeerStage stage)
    {
        var number = _reached.GetValueOrDefault(stage);
        _reached[stage] = number + 1;
        return number;
    }

    private void Use(Stream stream)
    {
        _stream = stream;
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        _lines = new LineReader(_input);
    }
}
