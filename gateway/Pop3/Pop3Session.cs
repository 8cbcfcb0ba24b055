// One POP3 session: reads commands, has its state run them, sends what they answer.
using System.Buffers;
using System.Net;
using System.Text;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The loop over a client's commands. What a command does is its verb's, what it can touch its state's. All exceptions of a session end here.</summary>
internal sealed class Pop3Session
{
    // Replies to pipelined commands leave together, but not more than this is held.
    private const int FlushAt = 16_384;

    private readonly ClientConnection _connection;
    private readonly Listener _listener;
    private readonly Pop3Services _services;
    private SessionFacts _facts;
    private Pop3State _state;
    private SessionEnd _end = SessionEnd.Closed;

    public Pop3Session(ClientConnection connection, Listener listener, Pop3Services services)
    {
        _connection = connection;
        _listener = listener;
        _services = services;
        (_facts, _state) = Begin();
    }

    /// <summary>The state it is in.</summary>
    public Pop3State State => _state;

    /// <summary>Runs the session to its end. However it ends, the maildrop is free then, and nothing is deleted but by QUIT.</summary>
    public async Task RunAsync()
    {
        using var work = new Deadline(_services.Time);
        try
        {
            Pop3Replies.Greeting(_services.Options.Hostname).WriteTo(_connection.Output);
            while (await TurnAsync(work))
            {
            }
        }
        catch (ClientTooSlowException)
        {
            _end = SessionEnd.ClientTooSlow; // RFC 1939 3: no response to a client that is logged out for its silence
        }
        catch (GatewayStoppingException)
        {
            _end = SessionEnd.Stopping;
            await SayLastAsync(Pop3Replies.Stopping);
        }
        catch (OperationCanceledException) when (work.Token.IsCancellationRequested)
        {
            _end = SessionEnd.WorkTooSlow;
        }
        catch (Exception error) when (error is IOException and not StoreUnavailableException or OperationCanceledException)
        {
            _end = SessionEnd.ClientGone;
        }
        catch (Exception error)
        {
            _end = SessionEnd.Failed;
            _services.Log.Failed(_connection.Id, error);
        }
        await EndAsync();
    }

    private (SessionFacts Facts, Pop3State State) Begin()
    {
        var mayLogIn = _connection.IsTls || _connection.Address is { } address && IPAddress.IsLoopback(address);
        var channel = new SaslChannel(_services.Logins, _connection.Address, _connection.EndPointBinding);
        var mayStartTls = !_connection.IsTls && _services.Tls.Has(_listener);
        var facts = new SessionFacts(
            _connection.Id, (mayLogIn ? Pop3Facts.MayLogIn : 0) | (mayStartTls ? Pop3Facts.MayStartTls : 0), SaslMechanisms.List(channel));
        return (facts, new AuthorizationState(facts, channel, _services.Maildrops));
    }

    private async Task EndAsync()
    {
        try
        {
            await _state.DisposeAsync();
        }
        catch (Exception error)
        {
            _services.Log.Failed(_connection.Id, error);
        }
        _services.Log.Ended(_connection.Id, _end, _facts.Account, _facts.Retrieved, _facts.Deleted, _connection.Conduct.Errors);
    }

    // One command and what follows from it. False when the session is over.
    private async ValueTask<bool> TurnAsync(Deadline work)
    {
        var line = await _connection.ReadLineAsync(
            _connection.Limits.CommandLine, _facts.Account is null ? _connection.StrangerIdle : _connection.Limits.Idle);
        switch (line.Status)
        {
            case LineStatus.Line:
                return _facts.Account is null && !_connection.Conduct.Chat()
                    ? await CloseAsync(Pop3Replies.TooManyCommands)
                    : await PerformAsync(await WorkAsync(work, token => _state.RunAsync(line.Octets, token)), work);
            case LineStatus.TooLong:
                return await SayAsync(Pop3Replies.LineTooLong);
            case LineStatus.BadCharacter:
                return await SayAsync(Pop3Replies.BadCharacter);
            case LineStatus.BareLineFeed:
                return await CloseAsync(Pop3Replies.BareLineFeed);
            default:
                _end = SessionEnd.ClientGone;
                return false;
        }
    }

    // Work of ours, which has a limit too.
    private static async ValueTask<T> WorkAsync<T>(Deadline work, Func<CancellationToken, ValueTask<T>> run)
    {
        work.Start(Pop3Services.Work);
        try
        {
            return await run(work.Token);
        }
        finally
        {
            work.Stop();
        }
    }

    private async ValueTask<bool> PerformAsync(Pop3Step step, Deadline work)
    {
        switch (step)
        {
            case Pop3Step.Say say:
                return await SayAsync(say.Reply);
            case Pop3Step.Close close:
                return await CloseAsync(close.Reply);
            case Pop3Step.Listing listing:
                return await ListAsync(listing);
            case Pop3Step.Content content:
                return await SendAsync(content, work);
            case Pop3Step.StartTls start:
                return await StartTlsAsync(start);
            case Pop3Step.LogIn login:
                return await LogInAsync(login, work);
            case Pop3Step.Enter enter:
                _state = enter.State;
                return await SayAsync(enter.Reply);
        }
        throw new InvalidOperationException("A step that no session knows.");
    }

    private async ValueTask<bool> LogInAsync(Pop3Step.LogIn step, Deadline work)
    {
        var dialogue = new SaslDialogue(
            _connection, response => WorkAsync(work, token => step.Exchange.NextAsync(response, token)),
            challenge => Pop3Reply.Challenge(challenge).WriteTo(_connection.Output));
        switch (await dialogue.RunAsync(step.InitialResponse))
        {
            case SaslEnd.Finished finished:
                return await PerformAsync(await WorkAsync(work, token => LoginEnd.RunAsync(step.State, login: null, finished.Result, token)), work);
            case SaslEnd.Cancelled:
                return await SayAsync(Pop3Replies.AuthCancelled);
            case SaslEnd.TooLong:
                return await SayAsync(Pop3Replies.LineTooLong);
            case SaslEnd.BareLineFeed:
                return await CloseAsync(Pop3Replies.BareLineFeed);
            case SaslEnd.Gone:
                _end = SessionEnd.ClientGone;
                return false;
            default:
                return await SayAsync(Pop3Replies.AuthResponse);
        }
    }

    private async ValueTask<bool> SayAsync(Pop3Reply reply)
    {
        if (reply is { IsError: true, IsOurs: false } && !_connection.Conduct.Err())
            return await CloseAsync(Pop3Replies.TooManyErrors);
        reply.WriteTo(_connection.Output);
        await FlushIfMuchAsync();
        return true;
    }

    private async ValueTask<bool> CloseAsync(Pop3Reply reply)
    {
        reply.WriteTo(_connection.Output);
        await _connection.FlushAsync();
        return false;
    }

    private async ValueTask<bool> ListAsync(Pop3Step.Listing listing)
    {
        listing.Reply.WriteTo(_connection.Output);
        foreach (var line in listing.Lines)
        {
            Encoding.ASCII.GetBytes(line, _connection.Output);
            _connection.Output.Write("\r\n"u8);
            await FlushIfMuchAsync();
        }
        _connection.Output.Write(".\r\n"u8);
        return true;
    }

    private async ValueTask<bool> SendAsync(Pop3Step.Content step, Deadline work)
    {
        await using var message = step.Message;
        step.Reply.WriteTo(_connection.Output);
        var dots = new DotWriter();
        do
        {
            dots.Write(_connection.Output, message.Piece.Span);
            await FlushIfMuchAsync();
        }
        while (await ReadNextAsync(message, work));
        if (_end == SessionEnd.MessageBrokeOff)
            return false; // without the final dot: a part of a message must never look like the whole
        dots.Finish(_connection.Output);
        await FlushIfMuchAsync();
        if (message.IsWhole)
        {
            _facts.Retrieved++;
            _services.Trace.Note(new TraceEntry(TraceKind.Fetched)
            {
                Id = message.Uid, Session = _connection.Id, Address = _connection.Address?.ToString(), Tls = _connection.TlsVersion,
                To = _facts.Account is { } account ? [account.ToString()] : null,
            });
            _services.Log.Retrieved(_connection.Id, _facts.Account, message.Uid);
        }
        return true;
    }

    private async ValueTask<bool> ReadNextAsync(MessageContent message, Deadline work)
    {
        work.Start(Pop3Services.Work);
        try
        {
            return await message.ReadNextAsync(work.Token);
        }
        catch (IOException error)
        {
            _end = SessionEnd.MessageBrokeOff;
            _services.Log.BrokeOff(_connection.Id, message.Uid, error.Message);
            return false;
        }
        finally
        {
            work.Stop();
        }
    }

    private async ValueTask<bool> StartTlsAsync(Pop3Step.StartTls step)
    {
        step.Reply.WriteTo(_connection.Output);
        if (!await _connection.UpgradeAsync(_services.Tls.Of(_listener)))
        {
            _end = SessionEnd.NoTls;
            return false;
        }
        (_facts, _state) = Begin();
        return true;
    }

    private ValueTask FlushIfMuchAsync() => _connection.Output.UnflushedBytes >= FlushAt ? _connection.FlushAsync() : ValueTask.CompletedTask;

    private async Task SayLastAsync(Pop3Reply reply)
    {
        try
        {
            await CloseAsync(reply);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // the client was faster
        }
    }
}
