// Between the login and QUIT.
using MailFunctions.Gateway.Pop3.Verbs;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The TRANSACTION state (RFC 1939 5). It carries the maildrop; when the state ends, the maildrop is free.</summary>
/// <param name="session">The session.</param>
/// <param name="maildrop">The maildrop, held by its lease.</param>
internal sealed class TransactionState(SessionFacts session, Maildrop maildrop) : Pop3State
{
    private static readonly Pop3Verbs<TransactionState> Verbs = new(
        Pop3Places.Transaction,
        new(Pop3Rules.Capa, Capa.Run),
        new(Pop3Rules.Dele, Dele.Run),
        new(Pop3Rules.List, List.Run),
        new(Pop3Rules.Noop, Noop.Run),
        new(Pop3Rules.Quit, Quit.RunAsync),
        new(Pop3Rules.Retr, Retr.RunAsync),
        new(Pop3Rules.Rset, Rset.Run),
        new(Pop3Rules.Stat, Stat.Run),
        new(Pop3Rules.Top, Top.RunAsync),
        new(Pop3Rules.Uidl, Uidl.Run));

    /// <summary>The session.</summary>
    public SessionFacts Session => session;

    /// <summary>The maildrop.</summary>
    public Maildrop Maildrop => maildrop;

    /// <inheritdoc/>
    public override Pop3Facts Facts => session.Facts | Pop3Facts.LoggedIn;

    /// <inheritdoc/>
    public override ValueTask<Pop3Step> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        Verbs.RunAsync(this, line, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => maildrop.DisposeAsync();
}
