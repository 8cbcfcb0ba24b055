// Who runs which command.
using System.Collections.Frozen;
using MailFunctions.Gateway.Smtp.Verbs;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>A command's rule, and what it does where the rule allows it.</summary>
internal sealed record SmtpVerb(SmtpRule Rule, Func<SmtpSession, Command, CancellationToken, ValueTask<Step>> Run)
{
    public SmtpVerb(SmtpRule rule, Func<SmtpSession, Command, Step> run)
        : this(rule, (session, command, _) => ValueTask.FromResult(run(session, command)))
    {
    }

    /// <summary>Runs the command, or says why not.</summary>
    public ValueTask<Step> RunAsync(SmtpSession session, Command command, CancellationToken cancellationToken)
    {
        // Those who ask who reads here, or keep a connection for its own sake, need many of these; those who bring mail, few.
        if (Rule.IsChat && !session.Connection.Conduct.Chat())
            return ValueTask.FromResult<Step>(new Step.Close(Replies.TooManyCommands));
        return !Rule.HasContent && Rule.Refuse(session.Facts) is { } reply
            ? ValueTask.FromResult<Step>(reply)
            : Run(session, command, cancellationToken);
    }
}

/// <summary>The table.</summary>
internal static class SmtpVerbs
{
    private static readonly FrozenDictionary<Type, SmtpVerb> Rows = new Dictionary<Type, SmtpVerb>
    {
        [typeof(Command.Ehlo)] = new(SmtpRules.Ehlo, (session, command) => HelloVerb.Extended(session, (Command.Ehlo)command)),
        [typeof(Command.Helo)] = new(SmtpRules.Helo, (session, command) => HelloVerb.Plain(session, (Command.Helo)command)),
        [typeof(Command.Mail)] = new(SmtpRules.Mail, (session, command, token) => MailVerb.RunAsync(session, (Command.Mail)command, token)),
        [typeof(Command.Rcpt)] = new(SmtpRules.Rcpt, (session, command, token) => RcptVerb.RunAsync(session, (Command.Rcpt)command, token)),
        [typeof(Command.Data)] = new(SmtpRules.Data, (_, _) => new Step.ReadContent()),
        [typeof(Command.Bdat)] = new(SmtpRules.Bdat, (session, command) => BdatVerb.Run(session, (Command.Bdat)command)),
        [typeof(Command.Rset)] = new(SmtpRules.Rset, (_, _) => Replies.Ok),
        [typeof(Command.Noop)] = new(SmtpRules.Noop, (_, _) => Replies.Ok),
        [typeof(Command.Vrfy)] = new(SmtpRules.Vrfy, (_, _) => Replies.CannotVerify),
        [typeof(Command.Expn)] = new(SmtpRules.Expn, (_, _) => Replies.NotOffered),
        [typeof(Command.Help)] = new(SmtpRules.Help, (_, _) => Replies.Help),
        [typeof(Command.Quit)] = new(SmtpRules.Quit, (_, _) => Replies.Closing),
        [typeof(Command.StartTls)] = new(SmtpRules.StartTls, (_, _) => new Step.StartTls(Replies.ReadyForTls)),
        [typeof(Command.Auth)] = new(SmtpRules.Auth, (session, command) => AuthVerb.Run(session, (Command.Auth)command)),
        [typeof(Command.Unknown)] = new(SmtpRules.Other, (_, command) => UnknownVerb.Run((Command.Unknown)command)),
        [typeof(Command.Invalid)] = new(SmtpRules.Other, (_, command) => ((Command.Invalid)command).Reply),
    }.ToFrozenDictionary();

    /// <summary>The row of a command.</summary>
    public static SmtpVerb Of(Command command) => Rows[command.GetType()];
}
