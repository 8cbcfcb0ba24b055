using MailFunctions.Mail.Stores;
namespace MailFunctions.App;
internal sealed class NoRemovedAccounts : IRemovedAccounts
{
    public async IAsyncEnumerable<RemovedAccount> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }
}
