// The table of commands: what each needs before it may run, and who runs it.
using System.Collections.Frozen;
using MailFunctions.Gateway.Smtp.Verbs;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>What must be so before a command may run.</summary>
[Flags]
internal enum Needs
{
    /// <summary>Always possible.</summary>
    Nothing = 0,

    /// <summary>EHLO or HELO was said.</summary>
    Hello = 1,

    /// <summary>A transaction is open.</summary>
    Transaction = 2,

    /// <summary>It has a recipient.</summary>
    Recipient = 4,

    /// <summary>No transaction is open.</summary>
    NoTransaction = 8,

    /// <summary>On a submission listener: the client has logged in.</summary>
    Login = 16,

    /// <summary>No chunk of a message has come: its transaction knows nothing but more of them, and RSET.</summary>
    NoChunks = 32,
}

/// <summary>A row of the table.</summary>
internal sealed record SmtpVerb(Needs Needs, Func<SmtpSession, Command, CancellationToken, ValueTask<Step>> RunAsync)
{
    public SmtpVerb(Needs needs, Func<SmtpSession, Command, Step> run)
        : this(needs, (session, command, _) => ValueTask.FromResult(run(session, command)))
    {
    }
}

/// <summary>The table.</summary>
internal static class SmtpVerbs
{
    private static readonly FrozenDictionary<Type, SmtpVerb> Rows = new Dictionary<Type, SmtpVerb>
    {
        [typeof(Command.Ehlo)] = new(Needs.Nothing, (session, command) => HelloVerb.Extended(session, (Command.Ehlo)command)),
        [typeof(Command.Helo)] = new(Needs.Nothing, (session, command) => HelloVerb.Plain(session, (Command.Helo)command)),
        [typeof(Command.Mail)] = new(Needs.Hello | Needs.Login | Needs.NoTransaction, (session, command, token) => MailVerb.RunAsync(session, (Command.Mail)command, token)),
        [typeof(Command.Rcpt)] = new(Needs.Hello | Needs.Transaction | Needs.NoChunks, (session, command, token) => RcptVerb.RunAsync(session, (Command.Rcpt)command, token)),
        [typeof(Command.Data)] = new(Needs.Hello | Needs.Transaction | Needs.Recipient | Needs.NoChunks, (_, _) => new Step.ReadContent()),
        [typeof(Command.Bdat)] = new(Needs.Nothing, (session, command) => BdatVerb.Run(session, (Command.Bdat)command)),
        [typeof(Command.Rset)] = new(Needs.Nothing, (session, _) => RsetVerb.Run(session)),
        [typeof(Command.Noop)] = new(Needs.Nothing, (_, _) => Replies.Ok),
        [typeof(Command.Vrfy)] = new(Needs.Nothing, (_, _) => Replies.CannotVerify),
        [typeof(Command.Expn)] = new(Needs.Nothing, (_, _) => Replies.NotOffered),
        [typeof(Command.Help)] = new(Needs.Nothing, (_, _) => Replies.Help),
        [typeof(Command.Quit)] = new(Needs.Nothing, (_, _) => new Step.Close(Replies.Closing)),
        [typeof(Command.StartTls)] = new(Needs.Hello | Needs.NoTransaction, (session, _) => StartTlsVerb.Run(session)),
        [typeof(Command.Auth)] = new(Needs.Hello | Needs.NoTransaction, (session, command) => AuthVerb.Run(session, (Command.Auth)command)),
        [typeof(Command.Unknown)] = new(Needs.Nothing, (_, command) => UnknownVerb.Run((Command.Unknown)command)),
        [typeof(Command.Invalid)] = new(Needs.Nothing, (_, command) => ((Command.Invalid)command).Reply),
    }.ToFrozenDictionary();

    /// <summary>Runs a command, or says what is missing.</summary>
    public static ValueTask<Step> RunAsync(SmtpSession session, Command command, CancellationToken cancellationToken)
    {
        // Those who ask who reads here, or keep a connection for its own sake, need many of these; those who bring mail, few.
        if (command is Command.Ehlo or Command.Helo or Command.Rset or Command.Noop or Command.Vrfy or Command.Expn or Command.Help
            && !session.Connection.Conduct.Chat())
            return ValueTask.FromResult<Step>(new Step.Close(Replies.TooManyCommands));
        var verb = Rows[command.GetType()];
        return Missing(session, verb.Needs) is { } reply ? ValueTask.FromResult<Step>(reply) : verb.RunAsync(session, command, cancellationToken);
    }

    /// <summary>What a command lacks, or null.</summary>
    public static Reply? Missing(SmtpSession session, Needs needs)
    {
        if (needs.HasFlag(Needs.Hello) && session.Hello is null)
            return Replies.HelloFirst;
        if (needs.HasFlag(Needs.Login) && session.Listener.Service == Service.Submit && session.Login is null)
            return session.Connection.IsTls ? Replies.AuthenticationRequired : Replies.TlsFirst;
        if (needs.HasFlag(Needs.NoTransaction) && session.Transaction is not null)
            return Replies.InTransaction;
        if (needs.HasFlag(Needs.Transaction) && session.Transaction is null)
            return Replies.MailFirst;
        if (needs.HasFlag(Needs.Recipient) && session.Transaction is not { Recipients.Count: > 0 })
            return Replies.RcptFirst;
        if (needs.HasFlag(Needs.NoChunks) && session.HasChunks)
            return Replies.InChunks;
        return null;
    }
}
