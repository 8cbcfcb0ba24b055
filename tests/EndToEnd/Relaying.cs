// Mail that leaves: by MX to a real Postfix, through a real name server.
using System.Collections.Concurrent;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;
using static MailFunctions.EndToEnd.RelayedMail;

namespace MailFunctions.EndToEnd;

public sealed class Relaying
{
    // 8-bit text, lines longer than 998 octets, dots at every place, a Bcc and a signature: nothing of it may change.
    private static readonly string Text =
        "From: alice@example.test\r\nBcc: secret@far.test\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.test; b=abc\r\n def\r\n"
        + "Date: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <1@example.test>\r\nSubject: na\u00efve  spaces\t\r\n\r\n"
        + ".\r\n..\r\n.x\r\n" + new string('l', 1_500) + "\r\n\u00e4\u00ff\r\n\r\n\r\n";

    [Fact]
    public async Task A_submitted_message_reaches_the_second_exchanger_octet_by_octet_when_the_first_is_dead()
    {
        await using var postfix = await PostfixServer.StartAsync("127.0.0.5", ["far.test"]);
        await using var names = await NameServer.StartAsync(new()
        {
            ["far.test"] = "@ IN MX 10 dead\n@ IN MX 20 mx\ndead IN A 127.0.0.6\nmx IN A 127.0.0.5",
        });
        await using var system = await StartAsync(names, postfix.Port);
        await SubmitAsync(system, Text, "bob@far.test");
        var arrived = await UntilAsync(postfix, 1);
        Assert.EndsWith(Text.Replace("\r\n", "\n", StringComparison.Ordinal), arrived[0], StringComparison.Ordinal);
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task An_alias_forwards_to_another_domain_and_a_message_under_TLS()
    {
        var folder = Directory.CreateTempSubdirectory("cert-");
        await Tool.SucceedAsync("openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mx.far.test", "-keyout", $"{folder}/key.pem", "-out", $"{folder}/cert.pem"]);
        await using var postfix = await PostfixServer.StartAsync(
            "127.0.0.7", ["far.test"],
            $"smtpd_tls_cert_file = {folder}/cert.pem\nsmtpd_tls_key_file = {folder}/key.pem\nsmtpd_tls_security_level = may\nsmtpd_tls_received_header = yes\n");
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.7" });
        await using var system = await StartAsync(names, postfix.Port, "--alias", "away@example.test=bob@far.test");
        using (var file = Mail.File(Text))
        {
            await Tool.SucceedAsync("curl",
                ["-sS", $"smtp://127.0.0.1:{system.Port("smtp")}/client.test", "--mail-from", "x@other.test", "--mail-rcpt", "away@example.test", "-T", file.Path]);
        }
        var arrived = await UntilAsync(postfix, 1);
        Assert.Contains("(using TLSv1.3", arrived[0], StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_the_far_end_refuses_comes_back_as_a_report_that_programs_understand()
    {
        await using var postfix = await PostfixServer.StartAsync(
            "127.0.0.8", ["far.test"], "smtpd_recipient_restrictions = check_recipient_access inline:{{nobody@far.test = 550 5.1.1 no such person}} permit\n");
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.8" });
        await using var system = await StartAsync(names, postfix.Port);
        await SubmitAsync(system, Text, "bob@far.test", "nobody@far.test", "who@nowhere.far.test");
        await UntilAsync(postfix, 1);
        var reports = await Mail.WaitForAsync(system, "alice", 2, 90);
        var script = """
            import sys, email
            m = email.message_from_bytes(sys.stdin.buffer.read())
            assert m.get_content_type() == 'multipart/report' and m.get_param('report-type') == 'delivery-status', m.get_content_type()
            parts = m.get_payload()
            assert [p.get_content_type() for p in parts][:2] == ['text/plain', 'message/delivery-status'] and len(parts) == 3
            assert m['Auto-Submitted'] and m['In-Reply-To'] == '<1@example.test>'
            for block in parts[1].get_payload()[1:]:
                print(block['Final-Recipient'].split(';')[1].strip(), block['Action'], block['Status'])
            """;
        var found = new List<string>();
        foreach (var report in reports)
        {
            Assert.StartsWith("Return-Path: <>\r\n", report, StringComparison.Ordinal);
            using var file = Mail.File(report);
            var parsed = await Tool.SucceedAsync("bash", ["-c", $"python3 -c \"$0\" < {file.Path}", script]);
            found.AddRange(parsed.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.Equal(["nobody@far.test failed 5.1.1", "who@nowhere.far.test failed 5.1.2"], found.Order());
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task A_server_that_is_away_gets_its_mail_when_it_is_back()
    {
        var port = AzuriteServer.FreePorts(1);
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.9" });
        await using var system = await StartAsync(names, port);
        await SubmitAsync(system, Text, "bob@far.test");
        await Task.Delay(3_000); // the first attempts find nobody
        await using var postfix = await PostfixServer.StartAsync("127.0.0.9", ["far.test"], port: port);
        Assert.Single(await UntilAsync(postfix, 1));
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task Sixty_messages_that_waited_for_a_server_share_their_sessions_with_it()
    {
        const int Messages = 60;
        var port = AzuriteServer.FreePorts(1);
        await using var names = await NameServer.StartAsync(new() { ["far.test"] = "@ IN MX 10 mx\nmx IN A 127.0.0.24" });
        await using var system = await StartAsync(
            names, port, new Dictionary<string, string> { ["Mail__RelayNetworks"] = "127.0.0.0/8", ["Mail__Relay__DestinationConcurrency"] = "30" });
        await Tool.SucceedAsync("smtp-source",
            ["-s", "5", "-m", $"{Messages}", "-l", "2000", "-f", "alice@example.test", "-t", "bob@far.test", $"127.0.0.1:{system.Port("smtp")}"]);

        await using var postfix = await PostfixServer.StartAsync("127.0.0.24", ["far.test"], port: port);
        Assert.Equal(Messages, (await UntilAsync(postfix, Messages)).Count);
        await NothingIsLeftAsync(system);

        var connections = postfix.Log.Split('\n').Count(line => line.Contains("smtpd") && line.Contains(": connect from", StringComparison.Ordinal));
        Assert.InRange(connections, 1, Messages - 10); // at most as many as there are places, a probe, and those that were lonely for a moment
    }

    [Fact]
    public async Task A_smarthost_is_logged_in_to_under_TLS_and_takes_everything()
    {
        // The smarthost is another system like this one, which takes mail from its users only, under TLS only.
        await using var smarthost = await LocalSystem.StartAsync(["--account", $"bob@far.test={LocalSystem.Password}"]);
        await using var names = await NameServer.StartAsync(new() { ["example.test"] = "mail IN A 127.0.0.1" });
        await using var system = await LocalSystem.StartAsync(
            ["--relay"],
            new Dictionary<string, string>
            {
                ["Mail__Dns__Server"] = names.Address,
                ["Mail__Smarthost__Host"] = "mail.example.test",
                ["Mail__Smarthost__Port"] = $"{smarthost.Port("submission")}",
                ["Mail__Smarthost__Username"] = "alice@example.test",
                ["Mail__Smarthost__Password"] = LocalSystem.Password,
                ["Mail__Smarthost__Certificate"] = $"{smarthost.Folder}/tls.pem",
                ["Mail__Relay__AllowPrivateAddresses"] = "true",
            });
        await SubmitAsync(system, Text, "bob@far.test");
        for (var tries = 0; ; tries++)
        {
            await using var session = await Pop3Client.LogInAsync(smarthost.Port("pop3"), "bob@far.test", LocalSystem.Password);
            if (await session.CountAsync() == 1)
            {
                Assert.EndsWith(Text, await session.RetrieveAsync(1), StringComparison.Ordinal);
                break;
            }
            await session.AskAsync("QUIT");
            Assert.True(tries < 100, string.Join('\n', system.Log.TakeLast(30)));
            await Task.Delay(200);
        }
        await NothingIsLeftAsync(system);
    }

    [Fact]
    public async Task Five_hundred_messages_to_fifty_domains_all_end_though_functions_are_killed_twenty_times()
    {
        // A third of the domains has a server that is away at first, one has none at all.
        var late = AzuriteServer.FreePorts(1);
        var zones = Enumerable.Range(0, 50).ToDictionary(
            number => $"d{number}.test",
            number => number == 49 ? "@ IN MX 10 mx\nmx IN A 127.0.0.14" : number % 3 == 0 ? "@ IN MX 10 mx\nmx IN A 127.0.0.13" : "@ IN MX 10 mx\nmx IN A 127.0.0.12");
        await using var names = await NameServer.StartAsync(zones);
        await using var early = await PostfixServer.StartAsync("127.0.0.12", [.. zones.Keys], port: late);
        await using var system = await LocalSystem.StartAsync(
            ["--relay", "--lease", "15", "--host-errors", "3"],
            new Dictionary<string, string>
            {
                ["Mail__Dns__Server"] = names.Address,
                ["Mail__Relay__Port"] = $"{late}",
                ["Mail__Relay__AllowPrivateAddresses"] = "true",
                ["Mail__Retry__First"] = "00:00:03",
                ["Mail__Retry__Interval"] = "00:00:05",
                ["Mail__Retry__WarnAfter"] = "00:10:00",
                ["Mail__Retry__GiveUpAfter"] = "00:02:30",
                ["Mail__Sweep__Age"] = "00:00:10",
                ["SweepTimer"] = "*/5 * * * * *",
                ["RetryTimer"] = "* * * * * *",
            });
        using (var client = await SmtpLine.SubmitAsync(system, "alice"))
        {
            for (var number = 0; number < 500; number++)
                await client.SendAsync("alice@example.test", $"user{number}@d{number % 50}.test", $"From: alice@example.test\r\nSubject: number {number}\r\n\r\nx\r\n");
        }
        PostfixServer? second = null;
        var inFlight = new HashSet<(int Number, string Worker)>();
        for (var kill = 0; kill < 20; kill++)
        {
            await Task.Delay(700);
            // Frozen, its claims say what it has in hand, and nothing of it changes any more.
            var functions = system.Pid("functions");
            await LocalSystem.SignalAsync("-STOP", functions);
            inFlight.UnionWith(await ClaimsAsync(system));
            await LocalSystem.SignalAsync("-KILL", functions);
            if (kill == 8)
                second = await PostfixServer.StartAsync("127.0.0.13", [.. zones.Keys], port: late);
        }
        var reports = await Mail.WaitForAsync(system, "alice", 10, 420); // the ten messages to the dead domain
        await NothingIsLeftAsync(system);
        var arrived = early.Messages.Concat(second!.Messages).Select(message => message.Split("Subject: number ")[1].Split('\n')[0]).ToList();
        await second.DisposeAsync();

        Assert.Equal(490, arrived.Distinct().Count());
        Assert.All(arrived, number => Assert.NotEqual(49, int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) % 50));
        Assert.Equal(10, reports.Count);
        // One copy more at most for each time that a message was in a killed worker's hands.
        foreach (var copies in arrived.CountBy(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)))
            Assert.InRange(copies.Value, 1, 1 + inFlight.Count(held => held.Number == copies.Key));
    }

    // Which messages are claimed, and by whom.
    private static async Task<List<(int Number, string Worker)>> ClaimsAsync(LocalSystem system)
    {
        using var stores = MailStores.Open(new StorageOptions { Storage = system.Storage }, "Development");
        var claims = new ConcurrentBag<(int, string)>();
        await Parallel.ForEachAsync(stores.Ledgers.ListAsync("", CancellationToken.None), async (row, cancel) =>
        {
            if (await stores.Ledgers.ReadAsync(row.Id, cancel) is not LedgerReading.Found(var ledger, _))
                return;
            foreach (var destination in ledger.Destinations)
            {
                if (destination.Claim is { } claim && destination.Recipients is [var recipient, ..])
                    claims.Add((int.Parse(recipient.Address.LocalPart["user".Length..], System.Globalization.CultureInfo.InvariantCulture), claim.Holder));
            }
        });
        return [.. claims];
    }
}
