// Whether there is a mailbox at all.
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>A mailbox that nobody has ever owned is not empty but a mistake. That of a removed account is still there until it is cleared.</summary>
internal static class MailboxOwner
{
    /// <summary>Why there is nothing to look at, or null.</summary>
    public static async ValueTask<Answer?> RefuseAsync(EmailAddress account, MailStores stores, CancellationToken cancellationToken) =>
        await stores.Directory.FindAccountAsync(account, cancellationToken) is null
            ? new Answer.Refused($"{account} is no account of ours: 'mailctl account list' shows them.")
            : null;
}
