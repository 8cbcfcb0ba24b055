// mailctl account add, list, passwd: passwords come in by one way and never out.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class AccountTests(AzuriteServer azurite) : IDisposable
{
    private readonly Operator _person = new(azurite.FreshAccount());

    [Theory]
    [InlineData("correct horse battery", "correct horse battery")]
    [InlineData("correct horse battery\n", "correct horse battery")]
    [InlineData("correct horse battery\r\n", "correct horse battery")]
    [InlineData("correct horse battery\nsecond line\n", "correct horse battery")]
    [InlineData(" leading and trailing \n", " leading and trailing ")]
    [InlineData("pässwörd\n", "pässwörd")]
    public async Task The_password_is_the_first_line_of_standard_input_and_nothing_less(string input, string password)
    {
        await _person.SetUpAsync();
        await _person.DoAsync("account add Alice@Example.test", input);

        var account = await _person.AccountAsync("alice@example.test");
        Assert.True(account.Verifier.Verify(Encoding.UTF8.GetBytes(password)));
        Assert.False(account.Verifier.Verify(Encoding.UTF8.GetBytes(password + "\r")));
        Assert.Equal(ScramVerifier.DefaultIterations, account.Verifier.Iterations);
    }

    [Theory]
    [InlineData("", (int)ExitCode.Misuse, "no password came")]
    [InlineData("\n", (int)ExitCode.Refused, "at least 8 characters")]
    [InlineData("sevench\n", (int)ExitCode.Refused, "at least 8 characters")]
    [InlineData("ééééééé\n", (int)ExitCode.Refused, "at least 8 characters")]
    [InlineData("e\u0301e\u0301e\u0301e\u0301e\u0301\n", (int)ExitCode.Refused, "at least 8 characters")]
    [InlineData("\U0001F511 and letters\n", (int)ExitCode.Refused, "RFC 4013")]
    [InlineData("with\0nul and more\n", (int)ExitCode.Refused, "control character")]
    [InlineData("with\ttab and more\n", (int)ExitCode.Refused, "control character")]
    public async Task A_password_that_cannot_be_used_is_refused_and_not_repeated(string input, int code, string told)
    {
        await _person.SetUpAsync();
        var said = await _person.RunAsync("account add alice@example.test", input);

        Assert.Equal((ExitCode)code, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        if (input.Trim().Length > 0)
            Assert.DoesNotContain(input.Trim(), said.Error, StringComparison.Ordinal);
        Assert.Equal("boss@example.test", Assert.Single(await NamesAsync()));
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    [InlineData(100_000, false)]
    public async Task A_password_has_a_longest_length(int length, bool isTaken)
    {
        await _person.SetUpAsync();
        var said = await _person.RunAsync("account add alice@example.test", new string('p', length) + "\n");

        Assert.Equal(isTaken ? ExitCode.Done : ExitCode.Refused, said.Code);
        Assert.Equal(isTaken ? 2 : 1, (await NamesAsync()).Count);
    }

    [Fact]
    public async Task A_password_that_is_not_UTF_8_is_refused()
    {
        await _person.SetUpAsync();
        var said = await _person.RunAsync(["account", "add", "alice@example.test"], [.. "p"u8, 0xe4, .. "sswort long\n"u8]);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains("UTF-8", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account add boss@example.test", "mailctl account passwd boss@example.test")]
    [InlineData("account add alice@other.test", "other.test is no domain of ours")]
    [InlineData("account add sales@example.test", "mailctl alias remove sales@example.test")]
    [InlineData("account passwd alice@example.test", "there is no account alice@example.test")]
    [InlineData("account remove alice@example.test --keep", "there is no account alice@example.test")]
    public async Task What_is_in_the_way_or_missing_is_told_before_a_password_is_asked_for(string arguments, string told)
    {
        await _person.SetUpAsync();
        await _person.DoAsync("alias add sales@example.test boss@example.test");
        var before = await _person.AccountAsync("boss@example.test");

        var said = await _person.RunAsync(arguments);

        Assert.Equal(ExitCode.Refused, said.Code);
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Equal(before.Verifier.StoredKey, (await _person.AccountAsync("boss@example.test")).Verifier.StoredKey);
    }

    [Fact]
    public async Task A_changed_password_takes_the_place_of_the_old_one()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("account passwd alice@example.test", "another long password\n");

        var account = await _person.AccountAsync("alice@example.test");
        Assert.True(account.Verifier.Verify("another long password"u8));
        Assert.False(account.Verifier.Verify(Encoding.UTF8.GetBytes(Operator.Password)));
    }

    [Fact]
    public async Task Neither_password_nor_verifier_is_ever_printed()
    {
        var said = new StringBuilder();
        await _person.SetUpAsync();
        foreach (var form in new[] { "", " --json" })
        {
            said.Append(await _person.DoAsync($"account add a{form.Length}@example.test{form}", Operator.Password));
            said.Append(await _person.DoAsync($"account passwd a{form.Length}@example.test{form}", Operator.Password));
            said.Append(await _person.DoAsync($"account list{form}"));
            said.Append(await _person.DoAsync($"account remove a{form.Length}@example.test --keep{form}"));
        }

        var printed = said.ToString();
        Assert.Contains("a0@example.test", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Operator.Password, printed, StringComparison.Ordinal);
        await foreach (var account in _person.Stores.Directory.Accounts.ListAsync(CancellationToken.None))
        {
            foreach (var secret in new[] { account.Verifier.Salt, account.Verifier.StoredKey, account.Verifier.ServerKey })
                Assert.DoesNotContain(Convert.ToBase64String(secret), printed, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("verifier", printed, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("iterations", printed, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_real_process_takes_the_password_from_its_standard_input()
    {
        await _person.SetUpAsync();
        var (code, output, error) = await MailctlProcess.RunAsync(
            ["account", "add", "alice@example.test", "--storage", _person.Storage], "pässword of a pipe\n");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("alice@example.test: added", output, StringComparison.Ordinal);
        Assert.True((await _person.AccountAsync("alice@example.test")).Verifier.Verify("pässword of a pipe"u8));
    }

    [Theory]
    [InlineData("typed password", "typed password", 0, "alice@example.test: added")]
    [InlineData("typed password", "typed passwort", 1, "the two passwords differ")]
    [InlineData("shrt", "", 1, "at least 8 characters")]
    public async Task At_a_terminal_the_password_is_asked_for_twice_and_not_shown(string first, string second, int code, string told)
    {
        if (!File.Exists(MailctlProcess.TerminalMaker))
            Assert.Skip("A terminal is made by script(1), which is not here.");
        await _person.SetUpAsync();
        (string, string)[] dialogue = [("Password for alice@example.test:", first), ("The same again:", second)];

        var result = await MailctlProcess.RunAtTerminalAsync(
            "account add alice@example.test", _person.Storage, dialogue[..(second.Length > 0 ? 2 : 1)]);

        Assert.Equal(code, result.Code);
        Assert.DoesNotContain(first, result.Shown, StringComparison.Ordinal);
        Assert.Equal(second.Length > 0, result.Shown.Contains("The same again:", StringComparison.Ordinal));
        Assert.Contains(told, result.Shown, StringComparison.Ordinal);
        Assert.Equal(code == 0 ? 2 : 1, (await NamesAsync()).Count);
        if (code == 0)
            Assert.True((await _person.AccountAsync("alice@example.test")).Verifier.Verify("typed password"u8));
    }

    public void Dispose() => _person.Dispose();

    private async Task<List<string?>> NamesAsync() =>
        [.. (await _person.RunAsync("account list --json")).Json.GetProperty("accounts").EnumerateArray()
            .Select(account => account.GetProperty("address").GetString())];

    [Theory]
    [InlineData("500M", 524_288_000L, "500M")]
    [InlineData("2g", 2_147_483_648L, "2G")]
    [InlineData("1T", 1_099_511_627_776L, "1T")]
    [InlineData("1000", 1_000L, "1000")]
    [InlineData("1024", 1_024L, "1K")]
    [InlineData("2048T", 2_251_799_813_685_248L, "2048T")]
    [InlineData("none", 0L, "none")]
    [InlineData("default", null, "default")]
    public async Task A_quota_is_kept_and_shown(string size, long? octets, string shown)
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("account quota alice@example.test 7");
        Assert.Contains($"quota is {shown}", await _person.DoAsync($"account quota alice@example.test {size}"), StringComparison.Ordinal);
        Assert.Equal(octets, (await _person.AccountAsync("alice@example.test")).Quota);
        Assert.Contains($" {shown}", (await _person.DoAsync("account list")).Split('\n').Single(line => line.Contains("alice@", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2X")]
    [InlineData("G")]
    [InlineData("1.5G")]
    [InlineData("9223372036854775807K")]
    public async Task What_is_no_size_changes_nothing(string size)
    {
        await _person.SetUpAsync("alice");
        var answer = await _person.RunAsync(["account", "quota", "alice@example.test", size], []);
        Assert.Equal(ExitCode.Misuse, answer.Code);
        Assert.Null((await _person.AccountAsync("alice@example.test")).Quota);
    }

    [Fact]
    public async Task A_new_password_leaves_the_quota_and_nobody_who_is_not_there_gets_one()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("account quota alice@example.test 1G");
        await _person.RunAsync("account passwd alice@example.test", Operator.Password);
        Assert.Equal(1_073_741_824, (await _person.AccountAsync("alice@example.test")).Quota);
        Assert.Equal(ExitCode.Refused, (await _person.RunAsync("account quota nobody@example.test 1G")).Code);
    }
}
