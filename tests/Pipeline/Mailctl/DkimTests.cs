// mailctl dkim ... and mailctl sign
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class DkimTests(AzuriteServer azurite) : IDisposable
{
    private static readonly DomainName Ours = DomainName.Parse("example.test");

    private readonly Operator _person = new(azurite.FreshAccount());

    public void Dispose() => _person.Dispose();

    [Fact]
    public async Task The_first_keys_sign_at_once_and_their_records_can_be_put_into_a_zone()
    {
        await _person.SetUpAsync("alice");
        var said = await _person.DoAsync("dkim create example.test --selector s1");

        Assert.Matches("(?m)^s1-rsa\\._domainkey\\.example\\.test\\. IN TXT \\( \"v=DKIM1; k=rsa; p=[A-Za-z0-9+/]+\" \"[A-Za-z0-9+/=]+\" \\)$", said);
        Assert.Matches("(?m)^s1-ed25519\\._domainkey\\.example\\.test\\. IN TXT \"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/=]{44}\"$", said);
        Assert.DoesNotContain("PRIVATE", said, StringComparison.Ordinal);
        Assert.All(System.Text.RegularExpressions.Regex.Matches(said, "\"([^\"]*)\"").Select(match => match.Groups[1].Value), text => Assert.InRange(text.Length, 1, 255));
        var keys = await new DomainKeys(_person.Stores.DkimKeys).SigningAsync(Ours, CancellationToken.None);
        Assert.Equal(["s1-rsa", "s1-ed25519"], keys.Select(key => key.Selector));
        Assert.Equal(said.Split('\n').Take(2), (await _person.DoAsync("dkim dns example.test")).Split('\n').Take(2));
    }

    [Fact]
    public async Task A_rotation_publishes_first_and_signs_then()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("dkim create example.test --selector s1");

        var first = JsonDocument.Parse(await _person.DoAsync("dkim rotate example.test --json")).RootElement;
        Assert.All(first.GetProperty("keys").EnumerateArray(), key => Assert.Equal("waiting", key.GetProperty("state").GetString()));
        Assert.Equal(["s1-rsa", "s1-ed25519"], await SigningAsync());

        var second = JsonDocument.Parse(await _person.DoAsync("dkim rotate example.test --json")).RootElement;
        var fresh = second.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("selector").GetString()).ToList();
        Assert.Equal(first.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("selector").GetString()), fresh);
        Assert.Equal(fresh, await SigningAsync());
        var listed = JsonDocument.Parse(await _person.DoAsync("dkim list --json")).RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("state").GetString());
        Assert.Equal(["retired", "retired", "signing", "signing"], listed);
    }

    [Fact]
    public async Task Retired_keys_are_forgotten_after_a_week_and_no_selector_comes_twice()
    {
        await _person.SetUpAsync("alice");
        await _person.DoAsync("dkim create example.test --selector s1");
        await _person.Stores.DkimKeys.Sets.ChangeAsync(
            Ours, set => set with { Keys = [.. set.Keys.Select(key => key with { State = DkimKeyState.Retired, Since = key.Since.AddDays(-8) })] }, CancellationToken.None);

        var said = await _person.RunAsync("dkim rotate example.test");
        Assert.Equal(ExitCode.Done, said.Code);
        Assert.Contains("the key s1-rsa is forgotten: take s1-rsa._domainkey.example.test out of DNS.", said.Error, StringComparison.Ordinal);
        await _person.DoAsync("dkim rotate example.test");
        await _person.DoAsync("dkim rotate example.test");
        var selectors = JsonDocument.Parse(await _person.DoAsync("dkim list example.test --json")).RootElement.GetProperty("keys").EnumerateArray()
            .Select(key => key.GetProperty("selector").GetString()).ToList();
        Assert.Equal(4, selectors.Count);
        Assert.Equal(selectors.Count, selectors.Distinct().Count());
    }

    [Theory]
    [InlineData("dkim create elsewhere.test", nameof(ExitCode.Refused), "elsewhere.test is no domain of ours")]
    [InlineData("dkim create example.test --selector a.b_c", nameof(ExitCode.Misuse), "'a.b_c' cannot begin a selector")]
    [InlineData("dkim rotate example.test", nameof(ExitCode.Refused), "example.test has no keys: 'mailctl dkim create example.test' makes some.")]
    [InlineData("dkim dns example.test", nameof(ExitCode.Refused), "example.test has no keys")]
    [InlineData("dkim list not..a.domain", nameof(ExitCode.Misuse), "is not a domain")]
    public async Task What_cannot_be_done_is_refused_and_changes_nothing(string arguments, string code, string told)
    {
        await _person.SetUpAsync("alice");
        var said = await _person.RunAsync(arguments);
        Assert.Equal(code, said.Code.ToString());
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Contains("There are no keys", await _person.DoAsync("dkim list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_made_once_and_go_with_their_domain()
    {
        await _person.SetUpAsync();
        await _person.DoAsync("domain add second.test --postmaster boss@example.test");
        await _person.DoAsync("dkim create second.test");
        var again = await _person.RunAsync("dkim create second.test");
        Assert.Contains("second.test has keys already", again.Error, StringComparison.Ordinal);
        var removed = await _person.RunAsync("domain remove second.test");
        Assert.Contains("the keys of second.test are removed too", removed.Error, StringComparison.Ordinal);
        Assert.Contains("There are no keys", await _person.DoAsync("dkim list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rsa", "\r\n")]
    [InlineData("ed25519", "\r\n")]
    [InlineData("ed25519", "\n")] // verified as it is sent
    public async Task A_file_is_signed_and_not_changed(string algorithm, string lineEnd)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var key = algorithm == "rsa" ? SigningKey.NewRsa() : SigningKey.NewEd25519();
            var message = Encoding.Latin1.GetBytes($"From: a@far.test\r\nSubject: \u00e4\r\n\r\n{new string('x', 100_000)}\r\n".Replace("\r\n", lineEnd, StringComparison.Ordinal));
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPem());
            await File.WriteAllBytesAsync(Path.Combine(folder, "message.eml"), message);

            var said = await _person.RunAsync($"sign {folder}/message.eml --domain far.test --selector s --key {folder}/key.pem");

            Assert.Equal((ExitCode.Done, "", ""), (said.Code, said.Output, said.Error));
            Assert.StartsWith($"DKIM-Signature: v=1; a={algorithm}-sha256;", Encoding.Latin1.GetString(said.Octets), StringComparison.Ordinal);
            Assert.Equal(message, said.Octets[^message.Length..]);
            using var digest = new MessageDigest(DigestPurpose.Verify);
            digest.Pass(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(said.Octets).ReplaceLineEndings("\r\n")));
            digest.Complete();
            var zone = new ZoneResolver().AddTxt("s._domainkey.far.test", key.DnsRecord);
            Assert.Equal(DkimVerdict.Pass, Assert.Single(await new DkimVerifier(zone, TimeProvider.System).VerifyAsync(digest, CancellationToken.None)).Verdict);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Subject: no author\r\n\r\nx\r\n", "-----BEGIN", nameof(ExitCode.Misuse), "is no private key in PEM")]
    [InlineData("Subject: no author\r\n\r\nx\r\n", null, nameof(ExitCode.Refused), "it has not exactly one From field")]
    [InlineData(null, null, nameof(ExitCode.Misuse), "message.eml")]
    public async Task A_file_that_cannot_be_signed_is_told_so(string? message, string? pem, string code, string told)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), pem ?? SigningKey.NewEd25519().ExportPem());
            if (message is not null)
                await File.WriteAllTextAsync(Path.Combine(folder, "message.eml"), message);
            var said = await _person.RunAsync($"sign {folder}/message.eml --domain far.test --selector s --key {folder}/key.pem");
            Assert.Equal(code, said.Code.ToString());
            Assert.Contains(told, said.Error, StringComparison.Ordinal);
            Assert.Empty(said.Octets);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IEnumerable<string>> SigningAsync()
    {
        using var fresh = MailFunctions.Storage.MailStores.Open(new MailFunctions.Storage.StorageOptions { Storage = _person.Storage }, "Development");
        return (await new DomainKeys(fresh.DkimKeys).SigningAsync(Ours, CancellationToken.None)).Select(key => key.Selector);
    }
}
