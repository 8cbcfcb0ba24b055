// mailctl mailbox deleted and restore
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class RestoreTests(AzuriteServer azurite)
{
    private const string Alice = "alice@example.test";

    [Fact]
    public async Task What_was_deleted_is_listed_and_comes_back_under_its_own_name()
    {
        await using var storage = await VersionedStorage.StartAsync(azurite.FreshAccount());
        using var person = new Operator(storage.Storage);
        await person.SetUpAsync("alice");
        var (kept, deleted, buried) = (
            await person.DeliverAsync(Alice, "Subject: kept\r\n\r\n"), await person.DeliverAsync(Alice, "Subject: deleted\r\n\r\n"),
            await person.DeliverAsync(Alice, "Subject: buried\r\n\r\n"));
        await person.Stores.Mailboxes.DeleteAsync(EmailAddress.Parse(Alice), deleted, default);
        await person.Stores.Mailboxes.BuryAsync(EmailAddress.Parse(Alice), buried, default);

        Assert.Equal(
            [buried.Text, deleted.Text],
            (await person.RunAsync($"mailbox deleted {Alice} --json")).Json.GetProperty("deleted").EnumerateArray().Select(copy => copy.GetProperty("id").GetString()!));
        Assert.Contains($"{deleted} is back", await person.DoAsync($"mailbox restore {Alice} {deleted}"), StringComparison.Ordinal);
        Assert.Contains("Subject: deleted", await ShowAsync(person, deleted), StringComparison.Ordinal);
        Assert.Contains($"{buried} is back", await person.DoAsync($"mailbox restore {Alice} --all"), StringComparison.Ordinal);
        Assert.Contains("Subject: buried", await ShowAsync(person, buried), StringComparison.Ordinal);
        Assert.Equal(new[] { kept, deleted, buried }.Order(), (await person.MailAsync(Alice)).Order());
        Assert.Contains("Nothing that was deleted is kept.", await person.DoAsync($"mailbox deleted {Alice}"), StringComparison.Ordinal);
        Assert.Contains("Nothing was restored.", await person.DoAsync($"mailbox restore {Alice} --all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_copy_whose_answer_is_lost_is_known_again()
    {
        await using var storage = await VersionedStorage.StartAsync(azurite.FreshAccount());
        using var person = new Operator(storage.Storage);
        await person.SetUpAsync("alice");
        var deleted = await person.DeliverAsync(Alice, "Subject: deleted\r\n\r\n");
        await person.Stores.Mailboxes.DeleteAsync(EmailAddress.Parse(Alice), deleted, default);
        storage.LostAnswers = 1;

        Assert.Contains($"{deleted} is back", await person.DoAsync($"mailbox restore {Alice} --all"), StringComparison.Ordinal);
        Assert.Equal([deleted], await person.MailAsync(Alice));
    }

    [Fact]
    public async Task What_is_not_kept_is_told_and_what_is_kept_comes_back_all_the_same()
    {
        await using var storage = await VersionedStorage.StartAsync(azurite.FreshAccount());
        using var person = new Operator(storage.Storage);
        await person.SetUpAsync("alice");
        var (there, deleted) = (await person.DeliverAsync(Alice, "Subject: there\r\n\r\n"), await person.DeliverAsync(Alice, "Subject: deleted\r\n\r\n"));
        await person.Stores.Mailboxes.DeleteAsync(EmailAddress.Parse(Alice), deleted, default);

        var said = await person.RunAsync($"mailbox restore {Alice} {there} {deleted}");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains($"{there} is not kept: 'mailctl mailbox deleted {Alice}' shows what is.", said.Error, StringComparison.Ordinal);
        Assert.Contains($"{deleted} is back", said.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mailbox deleted nobody@example.test", nameof(ExitCode.Refused), "nobody@example.test is no account of ours")]
    [InlineData("mailbox restore nobody@example.test --all", nameof(ExitCode.Refused), "nobody@example.test is no account of ours")]
    [InlineData("mailbox restore boss@example.test", nameof(ExitCode.Misuse), "Give the ids of messages, or --all")]
    [InlineData("mailbox restore boss@example.test x", nameof(ExitCode.Misuse), "'x' is not the id of a message")]
    [InlineData("mailbox restore boss@example.test --all 019c0000000070008000000000000000", nameof(ExitCode.Misuse), "Give the ids of messages, or --all")]
    public async Task What_cannot_be_done_is_told(string arguments, string code, string told)
    {
        using var person = new Operator(azurite.FreshAccount());
        await person.SetUpAsync();
        var said = await person.RunAsync(arguments);

        Assert.Equal(code, said.Code.ToString());
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_versions_nothing_is_kept()
    {
        using var person = new Operator(azurite.FreshAccount());
        await person.SetUpAsync("alice");
        var deleted = await person.DeliverAsync(Alice, "Subject: deleted\r\n\r\n");
        await person.DeliverAsync(Alice, "Subject: there\r\n\r\n");
        await person.Stores.Mailboxes.DeleteAsync(EmailAddress.Parse(Alice), deleted, default);

        Assert.Contains("Nothing that was deleted is kept.", await person.DoAsync($"mailbox deleted {Alice}"), StringComparison.Ordinal);
    }

    private static async Task<string> ShowAsync(Operator person, SpoolId id) =>
        Encoding.Latin1.GetString((await person.RunAsync($"mailbox show {Alice} {id}")).Octets);
}
