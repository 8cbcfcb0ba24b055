// One SMTP session: reads commands, has them run, sends what they answer.
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Logins;
using MailFunctions.Mail;
using MailFunctions.Smtp;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Smtp;

/// <summary>The state of one client's session, and the loop over its commands. Parsing, policy and intake are elsewhere.</summary>
internal sealed class SmtpSession(ClientConnection connection, Listener listener, SmtpServices services, ILogger log)
{
    private const int MaxLoginFailures = 3;

    private int _messages;
    private int _loginFailures;
    private ChunkedReception? _chunks;
    private bool _askedBlocklists;
    private string? _blocklist; // the zone that has the client

    public ClientConnection Connection { get; } = connection;

    public Listener Listener { get; } = listener;

    public SmtpServices Services { get; } = services;

    public ILogger Log { get; } = log;

    /// <summary>The client's name for itself, or null before EHLO and HELO.</summary>
    public string? Hello { get; private set; }

    /// <summary>True after EHLO.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>The account that has logged in.</summary>
    public EmailAddress? Login { get; private set; }

    /// <summary>The open transaction.</summary>
    public MailTransaction? Transaction { get; private set; }

    /// <summary>The state, as the rules see it.</summary>
    public SmtpFacts Facts =>
        (Listener.Service == Service.Submit ? SmtpFacts.Submission : 0)
        | (Services.Tls.Has(Listener) ? SmtpFacts.Certificate : 0)
        | (Connection.IsTls ? SmtpFacts.Tls : 0)
        | (Hello is not null ? SmtpFacts.Greeted : 0)
        | (IsExtended ? SmtpFacts.Extended : 0)
        | (Login is not null ? SmtpFacts.LoggedIn : 0)
        | (Transaction is not null ? SmtpFacts.Transaction : 0)
        | (Transaction is { Recipients.Count: > 0 } ? SmtpFacts.Recipient : 0)
        | (_chunks is not null ? SmtpFacts.Chunks : 0);

    /// <summary>What SASL mechanisms may know of the connection.</summary>
    public SaslChannel SaslChannel => new(Services.Authenticator, Connection.Address, Connection.EndPointBinding);

    /// <summary>Whether this client may send to any domain.</summary>
    public bool MayRelay => Login is not null
        || (Listener.Service == Service.Receive && Connection.Address is { } address && Services.TrustedNetworks.Any(network => network.Contains(address)));

    /// <summary>The most recipients that a transaction of this client may have; on a submission listener, of one that has logged in.</summary>
    public int MaxRecipients =>
        MayRelay || Listener.Service == Service.Submit ? Services.Options.Limits.Recipients : Services.Options.Limits.RecipientsUnauthenticated;

    /// <summary>The keyword behind "with" in our trace field (RFC 3848, RFC 6531 4.3).</summary>
    public string ProtocolOf(MailTransaction transaction) => (IsExtended, Connection.IsTls, Login) switch
    {
        (false, _, _) => "SMTP",
        (true, false, _) => transaction.SmtpUtf8 ? "UTF8SMTP" : "ESMTP",
        (true, true, null) => transaction.SmtpUtf8 ? "UTF8SMTPS" : "ESMTPS",
        (true, true, _) => transaction.SmtpUtf8 ? "UTF8SMTPSA" : "ESMTPSA",
    };

    /// <summary>Remembers the client's name.</summary>
    public void Greet(string name, bool isExtended) => (Hello, IsExtended) = (name, isExtended);

    /// <summary>The zone of a blocklist that has this client, or null; asked once, and not about those who may relay.</summary>
    public async ValueTask<string?> FindBlocklistAsync(CancellationToken cancellationToken)
    {
        if (MayRelay || Connection.Address is not { } address)
            return null;
        if (_askedBlocklists)
            return _blocklist;
        _askedBlocklists = true;
        _blocklist = (await Services.Blocklists.FindAsync(address, Connection.Id, cancellationToken))?.Name;
        if (_blocklist is null)
            return null;
        Connection.Metrics.Blocklisted(_blocklist);
        Log.Blocklisted(Connection.Id, address, _blocklist);
        return _blocklist;
    }

    /// <summary>Begins a transaction.</summary>
    public void Begin(MailTransaction transaction) => Transaction = transaction;

    /// <summary>Runs the session to its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Send(Replies.Greeting(Services.Options.Hostname));
        try
        {
            while (await TurnAsync(cancellationToken))
            {
            }
        }
        catch (ClientTooSlowException)
        {
            Send(Replies.TooSlow);
        }
        catch (GatewayStoppingException)
        {
            Send(Replies.ShuttingDown);
        }
        finally
        {
            await DropChunksAsync();
        }
        await Connection.FlushAsync();
        Log.Closed(Connection.Id, _messages, Connection.Conduct.Errors);
    }

    // One command and what follows from it. False when the session is over.
    private async ValueTask<bool> TurnAsync(CancellationToken cancellationToken)
    {
        var line = await Connection.ReadLineAsync(Connection.Limits.CommandLine, Login is null ? Connection.StrangerIdle : Connection.Limits.Idle);
        switch (line.Status)
        {
            case LineStatus.End:
                return false;
            case LineStatus.BareLineFeed:
                Send(Replies.BareLineFeed);
                return false;
            case LineStatus.TooLong:
                return Say(Replies.LineTooLong);
            case LineStatus.BadCharacter:
                return Say(Replies.BadCharacter);
        }
        var command = CommandParser.Read(line.Octets.Span);
        var verb = SmtpVerbs.Of(command);
        var step = await verb.RunAsync(this, command, cancellationToken);
        if (step is Step.Say { Reply.IsSuccess: true })
            Forget(verb.Rule.Forgets);
        if (_chunks is not null && _chunks.Transaction != Transaction)
            await DropChunksAsync();
        switch (step)
        {
            case Step.Say say:
                return Say(say.Reply) && !(verb.Rule.Closes && say.Reply.IsSuccess);
            case Step.Close close:
                Send(close.Reply);
                return false;
            case Step.ReadContent:
                return await ReadContentAsync(cancellationToken);
            case Step.ReadChunk chunk:
                return await ReadChunkAsync(chunk, cancellationToken);
            case Step.StartTls start:
                Send(start.Reply);
                return await StartTlsAsync();
            case Step.LogIn login:
                return await LogInAsync(login, cancellationToken);
            default:
                throw new InvalidOperationException($"A step without a meaning: {step}.");
        }
    }

    private async ValueTask<bool> ReadContentAsync(CancellationToken cancellationToken)
    {
        // RFC 2920 3.1: DATA is the last of its group. Content that is here before it was asked for is somebody's trick.
        if (Connection.Lines.HasInput())
        {
            Send(Replies.EarlyTalker);
            return false;
        }
        Send(Replies.StartContent);
        await Connection.FlushAsync();
        var transaction = Transaction!; // the rule demands one
        Forget(SmtpRules.Data.Forgets);
        var reply = await Services.Intake.ReceiveAsync(this, transaction, cancellationToken);
        if (reply.IsSuccess)
            _messages++;
        return Say(reply) && reply != Replies.EndlessContent;
    }

    private async ValueTask<bool> ReadChunkAsync(Step.ReadChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Refusal is { } refusal)
        {
            Forget(SmtpRules.Bdat.ForgetsRefused);
            await DropChunksAsync();
            var rejected = new ChunkReader(Connection.Input);
            rejected.Begin(chunk.Octets);
            await Services.Intake.DrainAsync(this, rejected);
            return Say(refusal);
        }
        var chunks = _chunks ??= new ChunkedReception(Transaction!, Services.Intake.Begin(this, Transaction!), new ChunkReader(Connection.Input));
        chunks.Begin(chunk.Octets, Services.Options.MaxMessageBytes);
        await Services.Intake.ReadAsync(this, chunks.Reception, chunks.Content, cancellationToken); // as long as a chunk may be, its end is near enough
        if (chunk.IsLast)
            chunks.Finish();
        if (chunks.Reception.Refusal is null && !chunk.IsLast)
            return Say(Replies.ChunkOk);
        Forget(SmtpRules.BdatLast.Forgets);
        var reply = await Services.Intake.FinishAsync(this, chunks.Transaction, chunks.Reception, cancellationToken);
        await DropChunksAsync();
        if (reply.IsSuccess)
            _messages++;
        return Say(reply);
    }

    // What a rule takes away. What it gives, its verb has given.
    private void Forget(SmtpFacts facts)
    {
        Transaction = facts.HasFlag(SmtpFacts.Transaction) ? null : Transaction; // recipients and chunks are of it
        Login = facts.HasFlag(SmtpFacts.LoggedIn) ? null : Login;
        IsExtended &= !facts.HasFlag(SmtpFacts.Extended);
        Hello = facts.HasFlag(SmtpFacts.Greeted) ? null : Hello;
    }

    private async ValueTask DropChunksAsync()
    {
        if (_chunks is { } chunks)
            await chunks.DisposeAsync();
        _chunks = null;
    }

    private async Task<bool> StartTlsAsync()
    {
        if (!await Connection.UpgradeAsync(Services.Tls.Of(Listener)))
            return false;
        Forget(SmtpRules.StartTls.Forgets);
        return true;
    }

    private async Task<bool> LogInAsync(Step.LogIn login, CancellationToken cancellationToken)
    {
        var dialogue = new SaslDialogue(
            Connection, response => login.Exchange.NextAsync(response, cancellationToken), challenge => Send(Replies.Challenge(challenge)));
        switch (await dialogue.RunAsync(login.InitialResponse))
        {
            case SaslEnd.Finished finished:
                return FinishLogin(finished.Result);
            case SaslEnd.Cancelled:
                return Say(Replies.AuthCancelled);
            case SaslEnd.TooLong:
                return Say(Replies.LineTooLong); // RFC 4954 4
            case SaslEnd.BareLineFeed:
                Send(Replies.BareLineFeed);
                return false;
            case SaslEnd.Gone:
                return false;
            default:
                return Say(Replies.AuthResponse);
        }
    }

    private bool FinishLogin(LoginResult result)
    {
        switch (result)
        {
            case LoginResult.Accepted accepted:
                Login = accepted.Account;
                Log.LoggedIn(Connection.Id, accepted.Account);
                return Say(Replies.Authenticated);
            case LoginResult.Unavailable unavailable:
                Log.LoginUnavailable(Connection.Id, unavailable.Reason);
                return Say(Replies.LoginUnavailable);
            case LoginResult.Delayed delayed:
                Log.LoginDelayed(Connection.Id, Connection.Address, delayed.Wait);
                return RefuseLogin(Replies.LoginDelayed);
            default:
                Log.LoginRefused(Connection.Id, Connection.Address);
                return RefuseLogin(Replies.AuthenticationFailed);
        }
    }

    private bool RefuseLogin(Reply reply)
    {
        if (++_loginFailures < MaxLoginFailures)
            return Say(reply);
        Send(reply);
        Send(Replies.TooManyErrors);
        return false;
    }

    // Sends a reply and counts it if it is the client's fault; too many of those end the session.
    private bool Say(Reply reply)
    {
        Send(reply);
        if (reply.Code < 500 || Connection.Conduct.Err())
            return true;
        Send(Replies.TooManyErrors);
        return false;
    }

    private void Send(Reply reply)
    {
        if (reply.IsError)
            Log.Refused(Connection.Id, reply.ToString());
        reply.WriteTo(Connection.Output);
    }
}
