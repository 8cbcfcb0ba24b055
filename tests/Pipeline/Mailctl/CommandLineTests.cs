// The command line itself: what is misuse, how help looks, and what cannot be reached.
using System.Net;
using System.Net.Sockets;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class CommandLineTests(AzuriteServer azurite)
{
    private const string NoSuchPort =
        "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:1/none;QueueEndpoint=http://127.0.0.1:1/none";

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("domain", "Required command")]
    [InlineData("frob", "frob")]
    [InlineData("domain add example.test", "--postmaster")]
    [InlineData("domain add example.test --postmaster", "--postmaster")]
    [InlineData("domain add example.test --postmaster nobody", "'nobody' is not an address")]
    [InlineData("domain add ex_ample..test --postmaster a@b.test", "'ex_ample..test' is not a domain")]
    [InlineData("domain add [192.0.2.1] --postmaster a@b.test", "'[192.0.2.1]' is not a domain")]
    [InlineData("domain remove", "Required argument")]
    [InlineData("domain remove example.test --force", "--force")]
    [InlineData("account add alice", "'alice' is not an address")]
    [InlineData("account remove a@b.test", "exactly one of --keep, --export FOLDER and --delete")]
    [InlineData("account remove a@b.test --keep --delete", "exactly one of --keep, --export FOLDER and --delete")]
    [InlineData("account remove a@b.test --export /tmp --delete", "exactly one of --keep, --export FOLDER and --delete")]
    [InlineData("account remove a@b.test --export", "--export")]
    [InlineData("alias add sales@b.test", "Required argument")]
    [InlineData("alias add sales@b.test alice", "'alice' is not an address")]
    [InlineData("alias add sales a@b.test", "'sales' is not an alias")]
    [InlineData("domain list --storage nonsense=1", "Mail:Storage")]
    [InlineData("queue hold", "Say which messages")]
    [InlineData("queue retry", "Say which messages")]
    [InlineData("queue drop --yes", "Say which messages")]
    [InlineData("queue bounce --text x", "Say which messages")]
    [InlineData("queue release --all --domain x.test", "--all stands alone")]
    [InlineData("queue release --all 019c0000000070008000000000000000", "--all stands alone")]
    [InlineData("queue hold 123", "'123' is not the id of a message")]
    [InlineData("queue hold 019C0000000070008000000000000000", "is not the id of a message")]
    [InlineData("queue show", "Required argument")]
    [InlineData("queue show 019c0000000070008000000000000000 019c0000000070008000000000000001", "Unrecognized")]
    [InlineData("queue list --older soon", "'soon' is not a duration")]
    [InlineData("queue list --older 5", "'5' is not a duration")]
    [InlineData("queue list --older 1h2d", "'1h2d' is not a duration")]
    [InlineData("queue list --older -1h", "'-1h' is not a duration")]
    [InlineData("queue list --domain x_y..z", "'x_y..z' is not a domain")]
    [InlineData("queue list --sender nobody", "'nobody' is not an address")]
    [InlineData("queue bounce --all --text zur\u00fcck", "printable ASCII")]
    [InlineData("queue bounce --all --text a\u0007b", "printable ASCII")]
    [InlineData("parked show ../spool", "is not the name of anything parked")]
    [InlineData("parked drop a/b --yes", "is not the name of anything parked")]
    [InlineData("parked drop 019c0000000070008000000000000000", "give --yes")]
    [InlineData("parked retry", "Required argument")]
    [InlineData("certificate show", "--out FOLDER, or --vault NAME")]
    [InlineData("certificate show --out a --vault b", "--out FOLDER, or --vault NAME")]
    [InlineData("certificate show --vault https://evil.test/", "'https://evil.test/' is not a vault")]
    [InlineData("certificate renew --out a", "--http ADDRESS:PORT, --dns-hook PROGRAM, or --azure-dns ID")]
    [InlineData("certificate renew --out a --http 0.0.0.0:80 --dns-hook b", "--http ADDRESS:PORT, --dns-hook PROGRAM, or --azure-dns ID")]
    [InlineData("certificate renew --out a --http nowhere", "'nowhere' is not an address to listen on")]
    [InlineData("certificate renew --out a --azure-dns example.org", "'example.org' is not the id of a zone")]
    [InlineData("certificate renew --out a --dns-hook b --wait 500", "'500' is not a number of seconds from 0 to 240")]
    [InlineData("certificate issue --out a --http 0.0.0.0:80", "Required argument")]
    [InlineData("certificate issue *.example.org --out a --dns-hook b", "'*.example.org' is not a name for a certificate")]
    [InlineData("certificate issue 192.0.2.1 --out a --dns-hook b", "'192.0.2.1' is not a name for a certificate")]
    [InlineData("certificate issue a.test --out a --dns-hook b --directory http://a.test/", "'http://a.test/' is not the https address of a directory")]
    [InlineData("certificate issue a.test --out a --dns-hook b --eab-kid k", "--eab-kid and --eab-key-file go together")]
    [InlineData("inspect", "Say which messages")]
    [InlineData("inspect --account a@b.test x.eml", "--account says")]
    [InlineData("inspect --id 123", "'123' is not the id of a message")]
    [InlineData("inspect --account alice --id 019c0000000070008000000000000000", "'alice' is not an address")]
    [InlineData("authenticate", "Say which messages")]
    [InlineData("authenticate --batch x.eml", "leave FILE")]
    [InlineData("authenticate --batch --ip 192.0.2.1", "leave FILE")]
    [InlineData("scale", "--messages-per-second")]
    [InlineData("scale --messages-per-second many", "'many' is nothing that --messages-per-second can be")]
    [InlineData("scale --messages-per-second 1 --relayed 1.1", "'1.1' is nothing that --relayed can be: give a number from 0 to 1.")]
    [InlineData("scale --messages-per-second 1 --size -4", "'-4' is nothing that --size can be")]
    [InlineData("authenticate x.eml --ip far.test", "'far.test' is not an address")]
    [InlineData("authenticate x.eml --dns far.test:53", "'far.test:53' is not a name server")]
    public async Task Misuse_is_told_in_one_line_and_ends_with_2(string arguments, string told)
    {
        using var person = new Operator(NoSuchPort);
        var said = await person.RunAsync(arguments);

        Assert.Equal(ExitCode.Misuse, said.Code);
        Assert.Empty(said.Output);
        var line = Assert.Single(said.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("mailctl: ", line, StringComparison.Ordinal);
        Assert.Contains(told, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account add a@b.test hunter2hunter2")]
    [InlineData("account passwd a@b.test hunter2hunter2")]
    public async Task A_password_as_argument_is_refused_and_not_repeated(string arguments)
    {
        using var person = new Operator(NoSuchPort);
        var said = await person.RunAsync(arguments);

        Assert.Equal(ExitCode.Misuse, said.Code);
        Assert.Contains("never an argument", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("domain add", "--postmaster")]
    [InlineData("domain set", "--postmaster")]
    [InlineData("domain list", "")]
    [InlineData("domain remove", "")]
    [InlineData("account add", "standard input")]
    [InlineData("account list", "")]
    [InlineData("account passwd", "")]
    [InlineData("account remove", "--export <FOLDER>")]
    [InlineData("alias add", "@example.org")]
    [InlineData("alias list", "")]
    [InlineData("alias remove", "")]
    [InlineData("queue list", "")]
    [InlineData("queue show", "<ID>")]
    [InlineData("queue retry", "--older <DURATION>")]
    [InlineData("queue hold", "--domain <NAME>")]
    [InlineData("queue release", "--sender <ADDRESS>")]
    [InlineData("queue drop", "--yes")]
    [InlineData("queue bounce", "--text <TEXT>")]
    [InlineData("parked list", "")]
    [InlineData("mailbox deleted", "<ADDRESS>")]
    [InlineData("completions", "bashcompinit")]
    [InlineData("mailbox restore", "--all")]
    [InlineData("parked show", "<NAME>")]
    [InlineData("parked retry", "<NAME>")]
    [InlineData("parked drop", "--yes")]
    [InlineData("certificate issue", "--agree-to-terms")]
    [InlineData("certificate renew", "--dns-hook <PROGRAM>")]
    [InlineData("certificate show", "--vault <NAME>")]
    [InlineData("inspect", "<FILE>")]
    [InlineData("authenticate", "--mail-from <ADDRESS>")]
    [InlineData("dns records", "--hostname <HOST>")]
    [InlineData("dns check", "--dns <SERVER>")]
    [InlineData("doctor", "--port25 <HOST[:PORT]>")]
    [InlineData("reports show", "<FILE>")]
    [InlineData("reports list", "<ADDRESS>")]
    [InlineData("scale", "--relayed <SHARE>")]
    public async Task Every_verb_has_help_with_an_example_of_itself(string verb, string told)
    {
        using var person = new Operator(NoSuchPort);
        var page = await person.DoAsync($"{verb} --help");

        Assert.Contains("--json", page, StringComparison.Ordinal);
        Assert.Contains("--storage", page, StringComparison.Ordinal);
        Assert.Contains(told, page, StringComparison.Ordinal);
        Assert.Contains($"mailctl {verb}", page[page.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_storage_it_says_how_to_name_one()
    {
        var (code, output, error) = await MailctlProcess.RunAsync(["domain", "list"]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--storage", error, StringComparison.Ordinal);
        Assert.Contains("Mail__Storage", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_may_be_named_by_option_or_environment_and_only_a_shell_set_to_Production_refuses_the_emulator()
    {
        var storage = azurite.FreshAccount();
        var variable = ("Mail__Storage", storage);
        var production = ("DOTNET_ENVIRONMENT", "Production");
        string[] add = ["domain", "add", "example.test", "--postmaster", "boss@elsewhere.test"];

        Assert.Equal(0, (await MailctlProcess.RunAsync(add, "", variable)).Code);
        var refused = await MailctlProcess.RunAsync(["domain", "list"], "", variable, production);
        Assert.Equal(2, refused.Code);
        Assert.Contains("emulator", refused.Error, StringComparison.Ordinal);
        var (code, output, _) = await MailctlProcess.RunAsync(["--storage", storage, "domain", "list"], "", production);
        Assert.Equal(0, code);
        Assert.Contains("example.test", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_refuses_connections_ends_with_3()
    {
        var (code, output, error) = await MailctlProcess.RunAsync(["account", "list", "--storage", NoSuchPort]);

        Assert.Equal((3, ""), (code, output));
        Assert.Contains("127.0.0.1:1 ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("bm9uZQ==", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_never_answers_ends_with_3_within_20_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/none";

        var started = TimeProvider.System.GetTimestamp();
        using var person = new Operator($"DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint={endpoint};QueueEndpoint={endpoint}");
        var said = await person.RunAsync("domain add example.test --postmaster boss@example.test");

        Assert.Equal(ExitCode.Unreachable, said.Code);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("domain list")]
    [InlineData("account list")]
    [InlineData("alias list")]
    [InlineData("queue list")]
    [InlineData("queue hold --all")]
    [InlineData("queue drop --all")]
    [InlineData("queue show 019c0000000070008000000000000000")]
    [InlineData("inspect --id 019c0000000070008000000000000000")]
    [InlineData("parked list")]
    [InlineData("parked retry 019c0000000070008000000000000000")]
    [InlineData("domain set example.test --postmaster a@example.test")]
    [InlineData("account add alice@example.test")]
    [InlineData("account remove alice@example.test --keep")]
    public async Task A_fresh_storage_account_is_told_from_an_empty_system(string arguments)
    {
        using var person = new Operator(azurite.FreshAccount());
        var said = await person.RunAsync(arguments, Operator.Password);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("mailctl domain add NAME --postmaster ADDRESS", said.Error, StringComparison.Ordinal);
    }
}
