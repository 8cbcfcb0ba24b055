// mailctl domain ...
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class DomainTests(AzuriteServer azurite) : IDisposable
{
    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public async Task The_first_domain_makes_a_fresh_storage_account_ready_and_warns_of_a_postmaster_to_be()
    {
        var said = await _person.RunAsync("domain add Example.TEST. --postmaster boss@example.test");

        Assert.Equal(ExitCode.Done, said.Code);
        Assert.Contains("boss@example.test does not exist yet", said.Error, StringComparison.Ordinal);
        var domain = Assert.Single(await _person.Stores.Directory.Domains.ListAsync(CancellationToken.None).ToListAsync());
        Assert.Equal(new LocalDomain(DomainName.Parse("example.test"), DomainKind.Local, EmailAddress.Parse("boss@example.test")), domain);
        Assert.Empty(await _person.Stores.Spool.ListAsync("", CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_postmaster_elsewhere_or_one_who_exists_is_no_reason_to_warn()
    {
        await _person.DoAsync("domain add example.test --postmaster me@elsewhere.example");
        await _person.DoAsync("account add alice@example.test", Operator.Password);
        await _person.DoAsync("domain add second.test --postmaster Alice@example.test");
    }

    [Fact]
    public async Task A_domain_is_added_once_and_its_postmaster_is_changed_by_set()
    {
        await _person.SetUpAsync("alice");

        var again = await _person.RunAsync("domain add example.test --postmaster alice@example.test");
        Assert.Equal(ExitCode.Refused, again.Code);
        Assert.Contains("mailctl domain set example.test", again.Error, StringComparison.Ordinal);
        var before = (await _person.RunAsync("domain list --json")).Json.GetProperty("domains")[0].GetProperty("postmaster").GetString();
        Assert.Equal("boss@example.test", before);

        await _person.DoAsync("domain set example.test --postmaster alice@example.test");
        var after = (await _person.RunAsync("domain list --json")).Json.GetProperty("domains")[0].GetProperty("postmaster").GetString();
        Assert.Equal("alice@example.test", after);
    }

    [Theory]
    [InlineData("domain set other.test --postmaster boss@example.test", "other.test is no domain of ours")]
    [InlineData("domain remove other.test", "other.test is no domain of ours")]
    public async Task A_domain_that_is_not_there_is_neither_changed_nor_removed(string arguments, string told)
    {
        await _person.SetUpAsync();
        var said = await _person.RunAsync(arguments);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Single(await _person.Stores.Directory.Domains.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_domain_is_removed_only_when_nothing_belongs_to_it()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("alias add sales@example.test alice@example.test");
        await _person.DoAsync("alias add @example.test alice@example.test");

        await RefusesAsync("alice@example.test, boss@example.test");
        await RefusesAsync("mailctl domain set example.test --postmaster");
        await _person.DoAsync("domain set example.test --postmaster me@elsewhere.example");
        await _person.RunAsync("account remove alice@example.test --delete");
        await RefusesAsync("account boss@example.test and the aliases");
        await _person.DoAsync("alias remove sales@example.test");
        await _person.DoAsync("alias remove @example.test");
        await RefusesAsync("the account boss@example.test: remove");
        await _person.DeliverAsync("boss@example.test", "one\r\n");
        await _person.DoAsync("account remove boss@example.test --keep");
        await RefusesAsync("boss@example.test still has mail");
        await _person.DoAsync("account remove boss@example.test --delete");

        Assert.Contains("removed", await _person.DoAsync("domain remove example.test"), StringComparison.Ordinal);
        Assert.Contains("There are no domains", await _person.DoAsync("domain list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_still_names_a_removed_domain_is_told()
    {
        await _person.SetUpAsync();
        await _person.RunAsync("domain add old.test --postmaster boss@example.test");
        await _person.DoAsync("account add carol@old.test", Operator.Password);
        await _person.DoAsync("alias add info@example.test carol@old.test");
        await _person.RunAsync("account remove carol@old.test --delete");

        var said = await _person.RunAsync("domain remove old.test");

        Assert.Equal(ExitCode.Done, said.Code);
        Assert.Contains("alias info@example.test still names carol@old.test", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_that_we_relay_for_has_neither_accounts_nor_aliases()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("domain add backup.test --relay-for --postmaster boss@example.test");

        Assert.Equal(ExitCode.Refused, (await _person.RunAsync("account add a@backup.test", Operator.Password)).Code);
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync("alias add a@backup.test boss@example.test")).Code);
        Assert.Contains("relayFor", await _person.DoAsync("domain list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_named_and_not_taken_for_an_outage()
    {
        await _person.SetUpAsync();
        await _person.Stores.Connection.Blobs.GetBlobContainerClient("directory").UploadBlobAsync("domains/other_2etest", BinaryData.FromString("{}"));

        var said = await _person.RunAsync("domain list");

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("directory/domains/other_2etest", said.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _person.Dispose();

    private async Task RefusesAsync(string told)
    {
        var said = await _person.RunAsync("domain remove example.test");
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Single(await _person.Stores.Directory.Domains.ListAsync(CancellationToken.None).ToListAsync());
    }
}
