// The removal of one account, under the lease of its maildrop.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>
/// First the record says since when the account is removed, then its mailbox is dealt with: copies up to that time are the account's, later ones are
/// late mail and are left for the postmaster. Cut off in between, nothing is lost, and the same command goes on from there.
/// </summary>
internal sealed class Removal(MailStores stores, IMaildropLease lease, TimeProvider clock, EmailAddress address)
{
    private static readonly TimeSpan ClockPoll = TimeSpan.FromMilliseconds(200);

    private readonly MailboxClearing _clearing = new(stores.Mailboxes, stores.Spool, stores.Clock, address);

    /// <summary>Removes the account and leaves the mailbox as it is.</summary>
    public async Task<Answer> KeepAsync(IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        if (await MarkAsync(anew: false, cancellationToken) is not { RemovedAt: { } until } account)
            return AccountRemove.InUse(address);
        var messages = (await _clearing.ListAsync(until, cancellationToken)).Count(entry => !entry.IsTombstone);
        return new Answer.Done(new AccountReport("removed", AccountView.Of(account), new MailboxView("kept", messages, null)), warnings);
    }

    /// <summary>Removes the account and deletes its mail.</summary>
    public async Task<Answer> DeleteAsync(IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        if (await MarkAsync(anew: false, cancellationToken) is not { RemovedAt: { } until } account)
            return AccountRemove.InUse(address);
        try
        {
            var entries = await ListAllAsync(until, cancellationToken);
            await _clearing.DeleteAsync(entries, cancellationToken);
            var messages = entries.Count(entry => !entry.IsTombstone);
            return new Answer.Done(new AccountReport("removed", AccountView.Of(account), new MailboxView("deleted", messages, null)), warnings);
        }
        catch (StoreUnavailableException error)
        {
            throw Unfinished(error);
        }
    }

    /// <summary>Removes the account, saves its mail in a file, and deletes it when the file is safely on disk.</summary>
    public async Task<Answer> ExportAsync(string folder, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        var state = "nothing was changed";
        try
        {
            // Opened before anything is changed: a wrong folder is the likeliest mistake.
            await using var file = MboxFile.Create(folder, address);
            // On an account removed before, this takes late mail along too: in a file it is not lost.
            if (await MarkAsync(anew: true, cancellationToken) is not { RemovedAt: { } until } account)
                return AccountRemove.InUse(address);
            state = "it is removed, and none of its mail is deleted";
            var entries = await ListAllAsync(until, cancellationToken);
            var messages = await ExportAsync(entries, file, cancellationToken);
            await _clearing.DeleteAsync(entries, cancellationToken);
            return new Answer.Done(new AccountReport("removed", AccountView.Of(account), new MailboxView("exported", messages, file.Path)), warnings);
        }
        catch (StoreUnavailableException error)
        {
            throw Unfinished(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Answer.Refused($"the mailbox of {address} cannot be exported ({state}): {error.Message}");
        }
    }

    private async Task<long> ExportAsync(IReadOnlyList<MailboxEntry> entries, MboxFile file, CancellationToken cancellationToken)
    {
        var messages = 0L;
        foreach (var entry in entries)
        {
            if (await stores.Mailboxes.OpenAsync(address, entry.Uid, cancellationToken) is not { } message)
                continue; // a tombstone
            await using (message)
                await file.AppendAsync(entry.CreatedAt, message, cancellationToken);
            messages++;
        }
        await file.FinishAsync(cancellationToken);
        return messages;
    }

    // Null if the lease is lost. Gateways believe what they read of the account for a minute, and the lease renewed after the mark lasts as long: a
    // login that still succeeds finds the maildrop locked.
    private async Task<Account?> MarkAsync(bool anew, CancellationToken cancellationToken)
    {
        // The service's Date has whole seconds and may be behind the latest copy that is here.
        var now = stores.Clock.UtcNow;
        await foreach (var entry in stores.Mailboxes.ListAsync(address, cancellationToken))
            now = entry.CreatedAt > now ? entry.CreatedAt : now;
        var marked = await stores.Directory.Accounts.ChangeAsync(
            address, account => account.RemovedAt is null || anew ? account with { RemovedAt = now } : account, cancellationToken);
        return await lease.RenewAsync(cancellationToken) ? marked : null;
    }

    // Times of copies have whole seconds: only when the second of the mark is over can no further copy come that counts as before it.
    private async Task<IReadOnlyList<MailboxEntry>> ListAllAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (stores.Clock.UtcNow.ToUnixTimeSeconds() <= until.ToUnixTimeSeconds())
            await Task.Delay(ClockPoll, clock, cancellationToken);
        return await _clearing.ListAsync(until, cancellationToken);
    }

    private StoreUnavailableException Unfinished(StoreUnavailableException error) => new(
        $"the removal of {address} was cut off; give the command again, --export with another folder if the file is there. {error.Message}",
        error.InnerException);
}
