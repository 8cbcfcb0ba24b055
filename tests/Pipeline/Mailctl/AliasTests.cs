// mailctl alias ...
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class AliasTests(AzuriteServer azurite) : IDisposable
{
    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public async Task An_alias_leads_to_its_targets_and_is_listed()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("alias add Sales@Example.test alice@example.test Bob@elsewhere.test alice@example.test");

        var alias = (await _person.RunAsync("alias list --json")).Json.GetProperty("aliases")[0];
        Assert.Equal("sales@example.test", alias.GetProperty("name").GetString());
        Assert.Equal(["alice@example.test", "Bob@elsewhere.test"], alias.GetProperty("targets").EnumerateArray().Select(target => target.GetString()));
        Assert.Equal("alice@example.test Bob@elsewhere.test", await ResolveAsync("sales+tag@example.test"));
    }

    [Fact]
    public async Task A_catch_all_takes_what_nothing_else_does()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("alias add @example.test alice@example.test");

        Assert.Equal("alice@example.test", await ResolveAsync("anybody@example.test"));
        Assert.Equal("boss@example.test", await ResolveAsync("boss@example.test"));
        Assert.Contains("@example.test", await _person.DoAsync("alias list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shell_gets_a_catch_all_through_to_the_program()
    {
        var storage = azurite.FreshAccount();
        Assert.Equal(0, (await MailctlProcess.RunAsync(["domain", "add", "example.test", "--postmaster", "me@elsewhere.test", "--storage", storage])).Code);

        var (code, output, error) = await MailctlProcess.RunAsync(["alias", "add", "@example.test", "me@elsewhere.test", "--storage", storage]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("@example.test: added", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alias add alice@example.test boss@example.test", "alice@example.test is an account")]
    [InlineData("alias add sales@other.test boss@example.test", "other.test is no domain of ours")]
    [InlineData("alias add sales@example.test sales@example.test", "sales@example.test leads back")]
    [InlineData("alias add sales@example.test SALES+x@example.test", "leads back")]
    [InlineData("alias add end@example.test one@example.test", "one@example.test leads back to end@example.test")]
    [InlineData("alias add @example.test nobody@example.test", "nobody@example.test leads back to @example.test")]
    [InlineData("alias add sales@example.test alice@example.test alcie@example.test", "alcie@example.test leads nowhere")]
    [InlineData("alias add one@example.test alice@example.test", "one@example.test exists already")]
    public async Task What_would_not_work_is_refused(string arguments, string told)
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("alias add two@example.test alice@example.test end@elsewhere.test");
        await _person.DoAsync("alias add one@example.test two@example.test");
        // Changed by hand, so that there is a circle to close.
        var end = EmailAddress.Parse("end@example.test");
        await _person.Stores.Directory.Aliases.ChangeAsync(
            AliasName.Of(EmailAddress.Parse("two@example.test")), two => two with { Targets = [.. two.Targets, end] }, CancellationToken.None);
        var before = await _person.DoAsync("alias list");

        var said = await _person.RunAsync(arguments);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _person.DoAsync("alias list"));
    }

    [Fact]
    public async Task Aliases_may_be_nested_only_as_deep_as_the_gateway_follows()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("alias add a1@example.test boss@example.test");
        var deep = 1;
        Said said;
        while ((said = await _person.RunAsync($"alias add a{deep + 1}@example.test a{deep}@example.test")).Code == ExitCode.Done)
            Assert.InRange(++deep, 2, 20);

        Assert.Contains("too many aliases", said.Error, StringComparison.Ordinal);
        Assert.Equal("boss@example.test", await ResolveAsync($"a{deep}@example.test"));
    }

    [Fact]
    public async Task The_alias_of_a_removed_account_takes_its_mail()
    {
        await _person.SetUpAsync("alice");
        await _person.RunAsync("account remove alice@example.test --keep");
        await _person.DoAsync("alias add alice@example.test boss@example.test");

        Assert.Equal("boss@example.test", await ResolveAsync("alice@example.test"));
        var said = await _person.RunAsync("account add alice@example.test", Operator.Password);
        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("mailctl alias remove alice@example.test", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_is_removed_unless_a_postmaster_depends_on_it()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("alias add hostmaster@example.test alice@example.test");
        await _person.DoAsync("alias add admin@example.test hostmaster@example.test");
        await _person.DoAsync("domain set example.test --postmaster admin@example.test");

        foreach (var name in new[] { "admin", "hostmaster" })
        {
            var refused = await _person.RunAsync($"alias remove {name}@example.test");
            Assert.Equal(ExitCode.Refused, refused.Code);
            Assert.Contains("mailctl domain set example.test", refused.Error, StringComparison.Ordinal);
        }
        await _person.DoAsync("domain set example.test --postmaster boss@example.test");
        var said = await _person.RunAsync("alias remove hostmaster@example.test");
        Assert.Equal(ExitCode.Done, said.Code);
        Assert.Contains("alias admin@example.test still names hostmaster@example.test", said.Error, StringComparison.Ordinal);
        Assert.Equal("none", await ResolveAsync("hostmaster@example.test"));
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync("alias remove hostmaster@example.test")).Code);
    }

    public void Dispose() => _person.Dispose();

    // With eyes of its own, as a gateway that has just started.
    private async Task<string> ResolveAsync(string address)
    {
        using var fresh = new Operator(_person.Storage);
        return await new RecipientResolver(fresh.Stores.Directory).ResolveAsync(EmailAddress.Parse(address), CancellationToken.None)
            is Resolution.Found found ? string.Join(' ', found.Recipients.Select(to => to.Target)) : "none";
    }
}
