// Storage fails in the middle of a removal: nothing is lost, and the same command finishes it.
using Azure.Core;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class RemovalFaultTests(AzuriteServer azurite) : IDisposable
{
    private const string Alice = "alice@example.test";

    private readonly Operator _person = new(azurite.FreshAccount());
    private readonly string _folder = Directory.CreateTempSubdirectory("mailctl-").FullName;
    private readonly StorageFaults _faults = new();

    private string FilePath => Path.Combine(_folder, "alice@example.test.mbox");

    [Fact]
    public async Task An_export_that_cannot_read_on_leaves_all_mail_and_no_file()
    {
        await SetUpAsync();
        _faults.Break(request => IsMailboxCall(request, RequestMethod.Get), StorageFault.BusyBefore, first: 2);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => RemoveAsync("--export", _folder));

        Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.Equal(3, (await _person.MailAsync(Alice)).Count);
        Assert.NotNull((await _person.AccountAsync(Alice)).RemovedAt);

        await _person.DoAsync($"account remove {Alice} --export {_folder}");
        Assert.Empty(await _person.MailAsync(Alice));
        Assert.Equal(3, (await File.ReadAllLinesAsync(FilePath)).Count(line => line.StartsWith("From ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_export_that_cannot_delete_has_the_whole_file()
    {
        await SetUpAsync();
        _faults.Break(request => IsMailboxCall(request, RequestMethod.Put), StorageFault.BusyBefore);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => RemoveAsync("--export", _folder));

        Assert.Equal(3, (await File.ReadAllLinesAsync(FilePath)).Count(line => line.StartsWith("From ", StringComparison.Ordinal)));
        Assert.Equal(3, (await _person.MailAsync(Alice)).Count);
        await _person.DoAsync($"account remove {Alice} --delete");
        Assert.Empty(await _person.MailAsync(Alice));
    }

    [Fact]
    public async Task A_mark_whose_answer_is_lost_is_made_all_the_same()
    {
        await SetUpAsync();
        _faults.Break(
            request => request.Method == RequestMethod.Put && request.Uri.Path.Contains("directory/accounts", StringComparison.Ordinal),
            StorageFault.LostAnswer, first: 1, last: 1);

        Assert.IsType<Answer.Done>(await RemoveAsync("--delete"));

        Assert.Equal(1, _faults.Injected);
        Assert.NotNull((await _person.AccountAsync(Alice)).RemovedAt);
        Assert.Empty(await _person.MailAsync(Alice));
    }

    public void Dispose()
    {
        _person.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsMailboxCall(Request request, RequestMethod method) =>
        request.Method == method && request.Uri.Path.Contains("/mailboxes/", StringComparison.Ordinal);

    private async Task SetUpAsync()
    {
        await _person.SetUpAsync("alice");
        foreach (var number in Enumerable.Range(1, 3))
            await _person.DeliverAsync(Alice, $"Subject: {number}\r\n");
    }

    private async Task<Answer> RemoveAsync(params string[] options)
    {
        using var stores = MailStores.Open(
            new StorageOptions { Storage = _person.Storage }, "Development", new StorageSeams { Jitter = () => 0, Policies = [_faults] });
        var verb = new AccountRemove(new Workstation
        {
            Input = Stream.Null, Output = TextWriter.Null, Error = TextWriter.Null, Variable = _ => null,
        });
        return await verb.RunAsync(verb.Parse([Alice, .. options]), stores, CancellationToken.None);
    }
}
