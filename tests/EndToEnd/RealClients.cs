// Mail in and out with the programs that people use.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class RealClients(SharedSystem shared)
{
    private const string Text = "From: sender@far.test\r\nTo: somebody@example.test\r\nSubject: dots\r\n\r\n.\r\n..\r\n.leading\r\nna\u00efve 8-bit\r\n\r\nend\r\n";

    private readonly LocalSystem _system = shared.System;

    [Fact]
    public async Task Swaks_sends_and_curl_fetches_byte_by_byte()
    {
        using var file = Mail.File(Text);
        var sent = await Tool.SucceedAsync(
            "swaks", ["--server", $"127.0.0.1:{_system.Port("smtp")}", "--from", "sender@far.test", "--to", "u1@example.test", "--data", "@" + file.Path]);
        Assert.Contains("250 2.0.0 OK queued as", sent.Text, StringComparison.Ordinal);
        await Mail.WaitForAsync(_system, "u1", 1);
        var fetched = await Tool.SucceedAsync("curl", ["-sS", $"pop3://127.0.0.1:{_system.Port("pop3")}/1", "-u", $"u1@example.test:{LocalSystem.Password}"]);
        // swaks ends what it sends with one more line end.
        Assert.Equal(Text, Mail.BelowTrace(fetched.Text)[..Text.Length]);
        Assert.StartsWith("Return-Path: <sender@far.test>\r\nDelivered-To: u1@example.test\r\nReceived: from ", fetched.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_sends_and_fetches_the_very_octets()
    {
        using var file = Mail.File(Text);
        await Tool.SucceedAsync("curl",
            ["-sS", $"smtp://127.0.0.1:{_system.Port("smtp")}/client.test", "--mail-from", "sender@far.test", "--mail-rcpt", "u2@example.test", "-T", file.Path]);
        await Mail.WaitForAsync(_system, "u2", 1);
        var listed = await Tool.SucceedAsync("curl", ["-sS", $"pop3://127.0.0.1:{_system.Port("pop3")}/", "-u", $"u2@example.test:{LocalSystem.Password}"]);
        var fetched = await Tool.SucceedAsync("curl",
            ["-sSk", $"pop3s://127.0.0.1:{_system.Port("pop3s")}/1", "-u", $"u2@example.test:{LocalSystem.Password}"]);
        Assert.Equal(Text, Mail.BelowTrace(fetched.Text));
        Assert.Equal($"1 {fetched.Output.Length}", listed.Text.Trim()); // LIST tells exactly the octets of RETR
    }

    [Theory]
    [InlineData("--auth", "PLAIN", "-tls", "submission")]
    [InlineData("--auth", "LOGIN", "-tls", "submission")]
    [InlineData("--auth", "PLAIN", "--tls-on-connect", "submissions")]
    [InlineData("--auth", "LOGIN", "--tls-on-connect", "submissions")]
    public async Task Swaks_submits_under_TLS(string option, string mechanism, string tls, string listener)
    {
        var result = await Tool.RunAsync("swaks",
            ["--server", $"127.0.0.1:{_system.Port(listener)}", tls, option, mechanism, "--auth-user", "u3@example.test", "--auth-password", LocalSystem.Password,
                "--from", "u3@example.test", "--to", "u4@example.test"]);
        Assert.SkipWhen(result.Text.Contains("TLS not available", StringComparison.Ordinal), "swaks has no TLS here (libnet-ssleay-perl).");
        Assert.True(result.ExitCode == 0, result.Text + result.Errors);
        Assert.Contains("250 2.0.0 OK queued as", result.Text, StringComparison.Ordinal);
    }

    // The other mechanisms that swaks has are not offered, and not begun.
    [Fact]
    public async Task Swaks_finds_no_mechanism_by_which_the_server_would_have_to_know_the_password()
    {
        foreach (var mechanism in new[] { "CRAM-MD5", "CRAM-SHA1" })
        {
            var result = await Tool.RunAsync("swaks",
                ["--server", $"127.0.0.1:{_system.Port("submissions")}", "--tls-on-connect", "--auth", mechanism, "--auth-user", "u3@example.test",
                    "--auth-password", LocalSystem.Password, "--from", "u3@example.test", "--to", "u4@example.test"]);
            Assert.SkipWhen(result.Text.Contains("TLS not available", StringComparison.Ordinal), "swaks has no TLS here (libnet-ssleay-perl).");
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("250 AUTH SCRAM-SHA-256 PLAIN LOGIN", result.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("~> AUTH", result.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("u3@example.test", "wrong", "u3@example.test", "535 5.7.8")]
    [InlineData("u3@example.test", LocalSystem.Password, "u4@example.test", "553 5.7.1")]
    public async Task Swaks_is_refused_with_a_wrong_password_and_with_a_sender_not_his(string user, string password, string from, string reply)
    {
        var result = await Tool.RunAsync("swaks",
            ["--server", $"127.0.0.1:{_system.Port("submissions")}", "--tls-on-connect", "--auth", "PLAIN", "--auth-user", user, "--auth-password", password,
                "--from", from, "--to", "u4@example.test"]);
        Assert.SkipWhen(result.Text.Contains("TLS not available", StringComparison.Ordinal), "swaks has no TLS here (libnet-ssleay-perl).");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reply, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_submits_to_another_domain_and_the_mail_is_held()
    {
        using var file = Mail.File(Text.Replace("sender@far.test", "u5@example.test", StringComparison.Ordinal));
        await Tool.SucceedAsync("curl",
            ["-sSk", $"smtps://127.0.0.1:{_system.Port("submissions")}/client.test", "-u", $"u5@example.test:{LocalSystem.Password}",
                "--mail-from", "u5@example.test", "--mail-rcpt", "x@far.test", "-T", file.Path]);
        for (var tries = 0; ; tries++)
        {
            var list = await Mailctl.RunAsync(_system, "queue", "list");
            if (list.Text.Contains("far.test", StringComparison.Ordinal) && list.Text.Contains("held", StringComparison.OrdinalIgnoreCase))
                break;
            Assert.True(tries < 50, list.Text + list.Errors);
            await Task.Delay(200);
        }
    }

    [Fact]
    public async Task Mpop_fetches_under_TLS_and_deletes()
    {
        await DeliverAsync("u6", 3);
        var folder = Directory.CreateTempSubdirectory("mpop-");
        using var config = Mail.File(
            $"account a\nhost 127.0.0.1\nport {_system.Port("pop3s")}\ntls on\ntls_starttls off\ntls_certcheck off\nuser u6@example.test\n"
            + $"password \"{LocalSystem.Password}\"\nkeep off\nreceived_header off\nuidls_file {folder}/uidls\ndelivery mbox {folder}/mbox\naccount default : a\n");
        await Tool.SucceedAsync("mpop", ["-C", config.Path, "--auth=user"]);
        Assert.Equal(3, Count(await File.ReadAllTextAsync($"{folder}/mbox"), "\nSubject: number "));
        Assert.Empty(await Mail.WaitForAsync(_system, "u6", 0));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Fetchmail_fetches_with_STLS_and_keeps_what_it_is_told_to_keep()
    {
        await DeliverAsync("u7", 2);
        var folder = Directory.CreateTempSubdirectory("fetchmail-");
        using var config = Mail.File(
            $"set no bouncemail\npoll 127.0.0.1 service {_system.Port("pop3")} protocol pop3 uidl user \"u7@example.test\" password \"{LocalSystem.Password}\" "
            + $"sslproto \"tls1.2+\" no sslcertck keep mda \"cat >> {folder}/mbox\"\n");
        var environment = new Dictionary<string, string> { ["HOME"] = folder.FullName, ["FETCHMAILHOME"] = folder.FullName };
        await Tool.SucceedAsync("fetchmail", ["-f", config.Path, "--nosyslog", "-v"], environment: environment);
        Assert.Equal(2, Count(await File.ReadAllTextAsync($"{folder}/mbox"), "Subject: number "));
        // The same UIDLs a second time: nothing is new. Exit code 1 says just that.
        var again = await Tool.RunAsync("fetchmail", ["-f", config.Path, "--nosyslog"], environment: environment);
        Assert.Equal(1, again.ExitCode);
        Assert.Equal(2, (await Mail.WaitForAsync(_system, "u7", 2)).Count);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Getmail_fetches_under_TLS_and_deletes()
    {
        await DeliverAsync("u8", 2);
        var folder = Directory.CreateTempSubdirectory("getmail-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "getmailrc"),
            $"[retriever]\ntype = SimplePOP3SSLRetriever\nserver = 127.0.0.1\nport = {_system.Port("pop3s")}\nusername = u8@example.test\n"
            + $"password = {LocalSystem.Password}\n[destination]\ntype = MDA_external\npath = /usr/bin/tee\narguments = (\"-a\", \"{folder}/mbox\")\n"
            + "allow_root_commands = true\n[options]\ndelete = true\nread_all = true\n");
        await Tool.SucceedAsync("getmail", [$"--getmaildir={folder}"], environment: new() { ["HOME"] = folder.FullName });
        Assert.Equal(2, Count(await File.ReadAllTextAsync($"{folder}/mbox"), "Subject: number "));
        Assert.Empty(await Mail.WaitForAsync(_system, "u8", 0));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Mutt_submits_under_TLS_with_the_certificate_of_the_local_run()
    {
        var folder = Directory.CreateTempSubdirectory("mutt-");
        await Tool.SucceedAsync("mutt",
            ["-n", "-F", "/dev/null", "-e", $"set smtp_url=smtps://u9%40example.test@127.0.0.1:{_system.Port("submissions")} smtp_pass=\"{LocalSystem.Password}\" "
                + $"certificate_file={_system.Folder}/tls.pem from=u9@example.test hostname=client.test copy=no",
                "-s", "from mutt", "u9@example.test"], "a body\n", new() { ["HOME"] = folder.FullName });
        var message = Assert.Single(await Mail.WaitForAsync(_system, "u9", 1));
        Assert.Contains("Subject: from mutt\r\n", message, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\na body\r\n", message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Openssl_upgrades_smtp_and_pop3()
    {
        foreach (var (name, port) in new[] { ("smtp", _system.Port("submission")), ("pop3", _system.Port("pop3")) })
        {
            var result = await Tool.RunAsync("openssl", ["s_client", "-starttls", name, "-connect", $"127.0.0.1:{port}", "-ign_eof", "-brief"], "QUIT\r\n");
            Assert.Contains("TLSv1.3", result.Errors + result.Text, StringComparison.Ordinal);
        }
    }

    // Under TLS 1.3 OpenSSL gives out tickets whatever it is told. Nothing is kept for them: each is worth a whole handshake, where it was given and elsewhere.
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task TLS_11_what_openssl_is_given_at_one_listener_takes_up_no_session_at_any(string version)
    {
        var listeners = new[] { ("smtp", "smtp"), ("submission", "smtp"), ("submissions", ""), ("pop3", "pop3"), ("pop3s", "") };
        var folder = Directory.CreateTempSubdirectory("openssl-");
        foreach (var (listener, upgrade) in listeners)
        {
            var session = $"{folder}/{listener}";
            await VisitAsync(listener, upgrade, "-sess_out", session);
            foreach (var (other, upgradeThere) in listeners.Where(_ => File.Exists(session)))
                await VisitAsync(other, upgradeThere, "-sess_in", session);
        }
        folder.Delete(recursive: true);

        async Task VisitAsync(string listener, string upgrade, params string[] options)
        {
            string[] starttls = upgrade.Length == 0 ? [] : ["-starttls", upgrade];
            var result = await Tool.RunAsync(
                "openssl", ["s_client", .. starttls, "-connect", $"127.0.0.1:{_system.Port(listener)}", version, "-ign_eof", .. options], "QUIT\r\n");
            Assert.Contains("New, TLSv1.", result.Text, StringComparison.Ordinal);
            Assert.Contains("Bye", result.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Reused, ", result.Text, StringComparison.Ordinal);
        }
    }

    private async Task DeliverAsync(string user, int count)
    {
        for (var number = 1; number <= count; number++)
        {
            using var file = Mail.File($"From: sender@far.test\r\nSubject: number {number}\r\n\r\nbody {number}\r\n");
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{_system.Port("smtp")}/client.test", "--mail-from", "sender@far.test", "--mail-rcpt", $"{user}@example.test", "-T", file.Path]);
        }
        await Mail.WaitForAsync(_system, user, count);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
