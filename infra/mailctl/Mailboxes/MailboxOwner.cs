// Whether there is a mailbox at all.
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>A mailbox that nobody owns is not empty but a mistake, unless its account was removed and left mail behind.</summary>
internal static class MailboxOwner
{
    /// <summary>Why there is nothing to look at, or null.</summary>
    public static async ValueTask<Answer?> RefuseAsync(EmailAddress account, MailStores stores, CancellationToken cancellationToken) =>
        await stores.Directory.FindAccountAsync(account, cancellationToken) is null
            ? new Answer.Refused($"{account} is no account of ours: 'mailctl account list' shows them.")
            : null;
}
