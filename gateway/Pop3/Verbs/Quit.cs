// QUIT: the end, and the only way by which messages are deleted.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>QUIT (RFC 1939 5 and 6).</summary>
internal static class Quit
{
    public static Pop3Step Run(AuthorizationState state) => new Pop3Step.Close(Pop3Replies.Bye);

    /// <summary>Deletes what is marked and frees the maildrop before the answer, so that a client that comes back at once finds it free.</summary>
    public static async ValueTask<Pop3Step> RunAsync(TransactionState state, CancellationToken cancellationToken) =>
        new Pop3Step.Close(await state.Maildrop.UpdateAsync(cancellationToken) switch
        {
            UpdateResult.NothingToDo => Pop3Replies.Bye,
            UpdateResult.Done => Pop3Replies.Deleted,
            UpdateResult.LeaseLost => Pop3Replies.LeaseLost,
            _ => Pop3Replies.NotAllDeleted,
        });
}
