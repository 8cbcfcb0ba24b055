// Between the login and QUIT.
using MailFunctions.Gateway.Pop3.Verbs;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The TRANSACTION state (RFC 1939 5). It carries the maildrop; when the state ends, the maildrop is free.</summary>
/// <param name="session">The session.</param>
/// <param name="maildrop">The maildrop, held by its lease.</param>
internal sealed class TransactionState(SessionFacts session, Maildrop maildrop) : Pop3State
{
    private static readonly VerbTable<Pop3Verb<TransactionState>> Verbs = new(
    [
        new("CAPA", Pop3Verb.Bare<TransactionState>(Capa.Run)),
        new("DELE", Pop3Verb.WithArgument<TransactionState>(Dele.Run)),
        new("LIST", Pop3Verb.WithArgument<TransactionState>(List.Run)),
        new("NOOP", Pop3Verb.Bare<TransactionState>(Noop.Run)),
        new("QUIT", Pop3Verb.Bare<TransactionState>(Quit.RunAsync)),
        new("RETR", Retr.RunAsync),
        new("RSET", Pop3Verb.Bare<TransactionState>(Rset.Run)),
        new("STAT", Pop3Verb.Bare<TransactionState>(Stat.Run)),
        new("TOP", Top.RunAsync),
        new("UIDL", Pop3Verb.WithArgument<TransactionState>(Uidl.Run)),
    ]);

    /// <summary>The session.</summary>
    public SessionFacts Session => session;

    /// <summary>The maildrop.</summary>
    public Maildrop Maildrop => maildrop;

    /// <inheritdoc/>
    public override ValueTask<Pop3Step> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        Verbs.RunAsync(this, line, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => maildrop.DisposeAsync();
}
