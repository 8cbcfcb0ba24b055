// mailctl account remove: what becomes of the mailbox, of late mail, and of the account when it comes back.
using System.Text;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;
using MailFunctions.Rig;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class AccountRemovalTests(AzuriteServer azurite) : IDisposable
{
    private const string Alice = "alice@example.test";
    private const string Boss = "boss@example.test";

    private readonly Operator _person = new(azurite.FreshAccount());
    private readonly string _folder = Directory.CreateTempSubdirectory("mailctl-").FullName;

    [Fact]
    public async Task A_kept_mailbox_is_found_again_when_the_account_is_added_again()
    {
        await _person.SetUpAsync("alice");
        var uid = await _person.DeliverAsync(Alice, "kept\r\n");

        var removed = (await _person.RunAsync($"account remove {Alice} --keep --json")).Json;
        Assert.Equal("kept", removed.GetProperty("mailbox").GetProperty("fate").GetString());
        Assert.Equal(1, removed.GetProperty("mailbox").GetProperty("messages").GetInt64());
        Assert.NotNull((await _person.AccountAsync(Alice)).RemovedAt);
        Assert.Contains("removed 20", await _person.DoAsync("account list"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync($"account passwd {Alice}", Operator.Password)).Code);
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync($"account remove {Alice} --keep")).Code);

        var again = (await _person.RunAsync($"account add {Alice} --json", "another long password")).Json;
        Assert.Equal(1, again.GetProperty("mailbox").GetProperty("messages").GetInt64());
        var account = await _person.AccountAsync(Alice);
        Assert.Null(account.RemovedAt);
        Assert.True(account.Verifier.Verify("another long password"u8));
        Assert.Equal(uid, Assert.Single(await _person.MailAsync(Alice)));
    }

    [Fact]
    public async Task A_deleted_mailbox_is_gone_and_a_repeated_delivery_does_not_bring_it_back()
    {
        await _person.SetUpAsync("alice");
        var uid = await _person.DeliverAsync(Alice, "gone\r\n");
        await _person.DeliverAsync(Boss, "stays\r\n");

        var removed = (await _person.RunAsync($"account remove {Alice} --delete --json")).Json;

        Assert.Equal(1, removed.GetProperty("mailbox").GetProperty("messages").GetInt64());
        Assert.Empty(await _person.MailAsync(Alice));
        Assert.Single(await _person.MailAsync(Boss));
        Assert.False(await _person.Stores.Mailboxes.DeliverAsync(EmailAddress.Parse(Alice), uid, default, new byte[10], CancellationToken.None));
    }

    [Fact]
    public async Task A_mailbox_kept_at_first_can_be_deleted_later()
    {
        await _person.SetUpAsync("alice");
        await _person.DeliverAsync(Alice, "kept\r\n");
        await _person.DoAsync($"account remove {Alice} --keep");
        var since = (await _person.AccountAsync(Alice)).RemovedAt;

        await _person.DoAsync($"account remove {Alice} --delete");

        Assert.Empty(await _person.MailAsync(Alice));
        Assert.Equal(since, (await _person.AccountAsync(Alice)).RemovedAt);
    }

    [Fact]
    public async Task An_exported_mailbox_is_one_exact_mbox_file_that_only_its_owner_can_read()
    {
        await _person.SetUpAsync("alice");
        await _person.DeliverAsync(Alice, "Subject: 1\r\n\r\nFrom here\r\n>From there\r\nFROM\r\n From\r\n", "a@b.test");
        await _person.DeliverAsync(Alice, "Subject: 2\r\n\r\nno line end", "");
        await _person.DeliverAsync(Alice, "\r\n\r\n", "\"a b\"@b.test");
        var dates = await _person.Stores.Mailboxes.ListAsync(EmailAddress.Parse(Alice), CancellationToken.None)
            .Select(entry => entry.CreatedAt.UtcDateTime)
            .Select(time => $"{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}")
            .ToListAsync();

        var removed = (await _person.RunAsync(["account", "remove", Alice, "--export", Path.Combine(_folder, "new"), "--json"], [])).Json;

        var file = Path.Combine(_folder, "new", "alice@example.test.mbox");
        Assert.Equal(file, removed.GetProperty("mailbox").GetProperty("file").GetString());
        Assert.Equal(3, removed.GetProperty("mailbox").GetProperty("messages").GetInt64());
        Assert.Equal(
            $"From a@b.test {dates[0]}\nReturn-Path: <a@b.test>\nDelivered-To: {Alice}\nSubject: 1\n\n>From here\n>>From there\nFROM\n From\n\n"
            + $"From MAILER-DAEMON {dates[1]}\nReturn-Path: <>\nDelivered-To: {Alice}\nSubject: 2\n\nno line end\n\n"
            + $"From MAILER-DAEMON {dates[2]}\nReturn-Path: <\"a b\"@b.test>\nDelivered-To: {Alice}\n\n\n\n",
            await File.ReadAllTextAsync(file));
        Assert.Empty(await _person.MailAsync(Alice));
        Assert.Equal([file], Directory.GetFiles(Path.Combine(_folder, "new")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_file_that_is_there_is_never_overwritten_and_nothing_is_changed()
    {
        await _person.SetUpAsync("alice");
        await _person.DeliverAsync(Alice, "mail\r\n");
        var file = Path.Combine(_folder, "alice@example.test.mbox");
        await File.WriteAllTextAsync(file, "earlier");

        var said = await _person.RunAsync($"account remove {Alice} --export {_folder}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains($"{file} exists already", said.Error, StringComparison.Ordinal);
        Assert.Equal("earlier", await File.ReadAllTextAsync(file));
        Assert.Null((await _person.AccountAsync(Alice)).RemovedAt);
        Assert.Single(await _person.MailAsync(Alice));
    }

    [Fact]
    public async Task An_export_into_what_is_no_folder_changes_nothing()
    {
        await _person.SetUpAsync("alice");
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        var said = await _person.RunAsync($"account remove {Alice} --export {file}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("nothing was changed", said.Error, StringComparison.Ordinal);
        Assert.Null((await _person.AccountAsync(Alice)).RemovedAt);
    }

    [Fact]
    public async Task A_local_part_with_a_slash_stays_in_the_folder()
    {
        await _person.SetUpAsync("a/b");
        await _person.DoAsync($"account remove a/b@example.test --export {_folder}/out");

        Assert.Equal("a%2Fb@example.test.mbox", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))));
    }

    [Fact]
    public async Task While_a_mail_client_is_logged_in_the_account_stays()
    {
        await _person.SetUpAsync("alice");
        await _person.DeliverAsync(Alice, "mail\r\n");
        var session = await _person.Stores.Mailboxes.TryLockAsync(EmailAddress.Parse(Alice), CancellationToken.None);
        Assert.NotNull(session);

        foreach (var fate in new[] { "--keep", "--delete", $"--export {_folder}" })
        {
            var said = await _person.RunAsync($"account remove {Alice} {fate}");
            Assert.Equal(ExitCode.Refused, said.Code);
            Assert.Contains("in use", said.Error, StringComparison.Ordinal);
        }
        Assert.Null((await _person.AccountAsync(Alice)).RemovedAt);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));

        await session.ReleaseAsync(CancellationToken.None);
        await _person.DoAsync($"account remove {Alice} --delete");
        Assert.NotNull(await _person.Stores.Mailboxes.TryLockAsync(EmailAddress.Parse(Alice), CancellationToken.None));
    }

    [Fact]
    public async Task A_postmaster_is_not_removed_by_whatever_way_he_is_named()
    {
        await _person.SetUpAsync("alice", "carol");
        await _person.DoAsync($"alias add office@example.test {Alice}");
        await _person.DoAsync("domain add second.test --postmaster office@example.test --relay-for");
        await _person.DoAsync("domain add third.test --postmaster office@example.test");

        foreach (var (account, domain) in new[] { (Boss, "example.test"), (Alice, "second.test") })
        {
            var said = await _person.RunAsync($"account remove {account} --keep");
            Assert.Equal(ExitCode.Refused, said.Code);
            Assert.Contains($"mailctl domain set {domain} --postmaster ADDRESS", said.Error, StringComparison.Ordinal);
            Assert.Null((await _person.AccountAsync(account)).RemovedAt);
        }
        await _person.DoAsync("account remove carol@example.test --keep");
        await _person.DoAsync("domain set example.test --postmaster alice@example.test");
        await _person.DoAsync($"account remove {Boss} --keep");
    }

    [Fact]
    public async Task Aliases_that_led_to_the_account_are_told()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync($"alias add sales@example.test {Alice} {Boss}");

        var said = await _person.RunAsync($"account remove {Alice} --keep");

        Assert.Equal(ExitCode.Done, said.Code);
        Assert.Contains($"alias sales@example.test still names {Alice}", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--keep", 1)]
    [InlineData("--delete", 0)]
    public async Task What_arrives_after_the_removal_goes_to_the_postmaster_and_nothing_else_does(string fate, int kept)
    {
        await _person.SetUpAsync("alice");
        await _person.DeliverAsync(Alice, "before\r\n");
        await _person.DoAsync($"account remove {Alice} {fate}");
        await _person.WaitForNextSecondAsync();
        var late = await _person.DeliverAsync(Alice, "late\r\n");

        var removed = Assert.Single(await _person.Stores.RemovedAccounts.ListAsync(CancellationToken.None).ToListAsync());
        Assert.Equal((Alice, Boss), (removed.Account.Address.ToString(), removed.Postmaster.ToString()));
        await MoveLateMailAsync();

        Assert.Equal(kept, (await _person.MailAsync(Alice)).Count);
        Assert.Equal(late, Assert.Single(await _person.MailAsync(Boss)));
    }

    [Fact]
    public async Task Late_mail_is_left_by_a_second_deletion_and_taken_along_by_an_export()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync($"account remove {Alice} --delete");
        await _person.WaitForNextSecondAsync();
        var late = await _person.DeliverAsync(Alice, "late\r\n");

        await _person.DoAsync($"account remove {Alice} --delete");
        Assert.Equal(late, Assert.Single(await _person.MailAsync(Alice)));
        await _person.DoAsync($"account remove {Alice} --export {_folder}");
        Assert.Empty(await _person.MailAsync(Alice));
        Assert.Contains("late\n", await File.ReadAllTextAsync(Path.Combine(_folder, "alice@example.test.mbox")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_account_whose_domain_has_no_postmaster_here_has_nobody_to_take_its_late_mail()
    {
        await _person.DoAsync("domain add example.test --postmaster me@elsewhere.test");
        await _person.DoAsync($"account add {Alice}", Operator.Password);
        await _person.DoAsync($"account remove {Alice} --keep");

        Assert.Null(Assert.Single(await _person.Stores.RemovedAccounts.ListAsync(CancellationToken.None).ToListAsync()).Postmaster);
    }

    [Theory]
    [InlineData(1, false, true, false)]
    [InlineData(11, false, false, false)]
    [InlineData(11, true, true, false)]
    [InlineData(11, true, true, true)]
    public async Task A_copy_that_a_delivery_could_bring_back_leaves_a_tombstone(int minutes, bool isSpooled, bool leavesTombstone, bool isTombstone)
    {
        await _person.SetUpAsync("alice");
        var account = EmailAddress.Parse(Alice);
        var uid = await _person.DeliverAsync(Alice, "mail\r\n");
        if (isTombstone)
            await _person.Stores.Mailboxes.BuryAsync(account, uid, CancellationToken.None);
        if (isSpooled)
            await Storage.Sample.SpoolAsync(_person.Stores.Spool, uid, Encoding.ASCII.GetBytes("mail\r\n"));
        var clock = new Rig.Memory.MemoryStoreClock(TimeProvider.System) { Ahead = TimeSpan.FromMinutes(minutes) };
        var clearing = new MailFunctions.Mailctl.Accounts.MailboxClearing(_person.Stores.Mailboxes, _person.Stores.Spool, clock, account);

        await clearing.DeleteAsync(await clearing.ListAsync(DateTimeOffset.MaxValue, CancellationToken.None), CancellationToken.None);

        var left = await _person.Stores.Mailboxes.ListAsync(account, CancellationToken.None).ToListAsync();
        Assert.All(left, entry => Assert.True(entry.IsTombstone));
        Assert.Equal(leavesTombstone ? 1 : 0, left.Count);
    }

    [Fact]
    public async Task A_mailbox_of_several_hundred_copies_is_emptied()
    {
        await _person.SetUpAsync("alice");
        for (var number = 0; number < 300; number++)
            await _person.DeliverAsync(Alice, $"Subject: {number}\r\n");

        await _person.DoAsync($"account remove {Alice} --export {_folder}");

        Assert.Empty(await _person.MailAsync(Alice));
        var text = await File.ReadAllTextAsync(Path.Combine(_folder, "alice@example.test.mbox"));
        var subjects = text.Split('\n').Where(line => line.StartsWith("Subject: ", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 300).Select(number => $"Subject: {number}"), subjects);
    }

    public void Dispose()
    {
        _person.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // The sweep's part, with the stores as the function app has them.
    private async Task MoveLateMailAsync()
    {
        using var log = new LogRecorder();
        var stores = _person.Stores;
        var later = new MemoryStoreClock(TimeProvider.System) { Ahead = TimeSpan.FromMinutes(11) }; // copies have settled
        await new LateMail(stores.RemovedAccounts, stores.Mailboxes, stores.Spool, later, log.For<LateMail>())
            .MoveAsync(new TimeBudget(TimeProvider.System, TimeSpan.FromMinutes(1)), CancellationToken.None);
    }
}
