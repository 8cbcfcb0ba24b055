// The local run's command line.
using MailFunctions.Local;

namespace MailFunctions.Pipeline.Host;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Without_options_everything_has_its_default()
    {
        var options = await ReadAsync();

        Assert.Equal(Path.GetFullPath(".data"), options.DataFolder);
        Assert.Equal(0, options.PortOffset);
        Assert.Equal("example.test", Assert.Single(options.Domains).Text);
        Assert.Equal(["alice@example.test", "bob@example.test"], options.Accounts.Select(account => $"{account.Address}"));
        Assert.All(options.Accounts, account => Assert.Null(account.Password));
        Assert.Empty(options.Aliases);
        Assert.False(options.Relay);
        Assert.Null(options.Storage);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Lease);
        Assert.Equal(3, options.HostErrors);
        Assert.Equal(TimeSpan.FromSeconds(1), options.RestartPause);
        Assert.False(options.UseFunc);
    }

    [Fact]
    public async Task Every_option_is_read()
    {
        var options = await ReadAsync(
            "--data", "x/../y", "--port-offset", "5000", "--domain", "A.test", "--domain", "b.test.", "--account", "Al@a.test=p=w@x", "--account=b=c@b.test=q",
            "--alias", "sales@a.test=al@a.test,other@elsewhere.test", "--alias", "@b.test=b=c@b.test", "--relay", "--storage", "UseDevelopmentStorage=true",
            "--lease", "2", "--host-errors", "1", "--restart-pause", "0", "--func");

        Assert.Equal(Path.GetFullPath("y"), options.DataFolder);
        Assert.Equal(5000, options.PortOffset);
        Assert.Equal(["a.test", "b.test"], options.Domains.Select(domain => domain.Text));
        Assert.Equal([("al@a.test", "p=w@x"), ("b=c@b.test", "q")], options.Accounts.Select(account => ($"{account.Address}", account.Password)));
        Assert.Equal(["sales@a.test", "@b.test"], options.Aliases.Select(alias => $"{alias.Name}"));
        Assert.Equal(["al@a.test", "other@elsewhere.test"], options.Aliases[0].Targets.Select(target => $"{target}"));
        Assert.True(options.Relay);
        Assert.Equal("UseDevelopmentStorage=true", options.Storage);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Lease);
        Assert.Equal(1, options.HostErrors);
        Assert.Equal(TimeSpan.Zero, options.RestartPause);
        Assert.True(options.UseFunc);
    }

    [Fact]
    public async Task The_domains_of_the_accounts_are_ours_where_none_is_named()
    {
        var options = await ReadAsync("--account", "a@one.test=p", "--alias", "@two.test=a@one.test");

        Assert.Equal(["one.test", "two.test"], options.Domains.Select(domain => domain.Text));
    }

    [Theory]
    [InlineData("--port-offset", "--port-offset", "x")]
    [InlineData("--port-offset", "--port-offset", "-1")]
    [InlineData("--port-offset", "--port-offset", "55534")]
    [InlineData("--port-offset", "--port-offset")]
    [InlineData("--lease", "--lease", "0")]
    [InlineData("--lease", "--lease", "604801")]
    [InlineData("--lease", "--lease", "1.5")]
    [InlineData("--host-errors", "--host-errors", "0")]
    [InlineData("--restart-pause", "--restart-pause", "60001")]
    [InlineData("--published", "--published", "/no/such/folder")]
    [InlineData("--domain", "--domain", "-bad.test")]
    [InlineData("--domain", "--domain", "[127.0.0.1]")]
    [InlineData("--account", "--account", "alice@example.test")]
    [InlineData("--account", "--account", "alice@example.test=")]
    [InlineData("--account", "--account", "alice=secret")]
    [InlineData("--account", "--domain", "one.test", "--account", "alice@two.test=secret")]
    [InlineData("--alias", "--alias", "@example.test")]
    [InlineData("--alias", "--alias", "a@example.test=")]
    [InlineData("--alias", "--alias", "a@example.test=b@example.test,")]
    [InlineData("--alias", "--domain", "one.test", "--alias", "@two.test=a@one.test")]
    [InlineData("--storage", "--storage", "nonsense")]
    [InlineData("--data", "--data", "/etc/passwd")]
    [InlineData("--bogus", "--bogus")]
    [InlineData("stray", "stray")]
    public async Task A_wrong_option_is_named_in_one_line(string name, params string[] arguments)
    {
        var complaints = new StringWriter();
        var commandLine = new CommandLine(_ => throw new InvalidOperationException("It must not run."));

        Assert.Equal(CommandLine.Misuse, await commandLine.RunAsync(arguments, complaints));
        Assert.Contains(name, complaints.ToString(), StringComparison.Ordinal);
        Assert.Single(complaints.ToString().TrimEnd().Split('\n'));
        Assert.DoesNotContain("secret", complaints.ToString(), StringComparison.Ordinal);
    }

    private static async Task<LocalOptions> ReadAsync(params string[] arguments)
    {
        LocalOptions? read = null;
        var commandLine = new CommandLine(options =>
        {
            read = options;
            return Task.FromResult(17);
        });
        var complaints = new StringWriter();
        Assert.Equal(17, await commandLine.RunAsync(arguments, complaints));
        Assert.Equal("", complaints.ToString());
        return Assert.IsType<LocalOptions>(read);
    }
}
