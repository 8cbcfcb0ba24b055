// mailctl queue show: all that is known of a message, and not a word of its text.
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class QueueShowTests(AzuriteServer azurite) : IAsyncLifetime
{
    private const string Secret = "the secret text";

    private const string Message =
        "From: Ann <ann@example.test>\r\nTo: bob@a.test,\r\n\tcarl@a.test\r\nSubject: a plan\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
        + "Message-ID: <1@example.test>\r\nX-Other: private\r\n\r\n" + Secret + "\r\nSubject: not this\r\n";

    private readonly QueueRig _rig = new(azurite);

    public async ValueTask InitializeAsync() => await _rig.SetUpAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_message_is_shown_with_envelope_header_and_what_remains()
    {
        var id = await _rig.AddAsync("a.test due, b.test held, c.test claimed, owed", QueueRig.Sender, message: Message);

        var said = await _rig.Person.RunAsync($"queue show {id} --json");

        Assert.Equal((ExitCode.Done, ""), (said.Code, said.Error));
        Assert.Equal((id.Text, "present", "present"), (Text(said.Json, "id"), Text(said.Json, "spoolState"), Text(said.Json, "ledgerState")));
        var message = said.Json.GetProperty("message");
        Assert.Equal(
            (QueueRig.Sender.ToString(), "client", "bob@example.test", "2001:db8::1", "client.test"),
            (Text(message, "sender"), Text(message, "origin"), Text(message, "login"), Text(message, "clientAddress"), Text(message, "helo")));
        Assert.Equal(2, message.GetProperty("recipients").GetArrayLength());
        var header = message.GetProperty("header");
        Assert.Equal(
            ("Ann <ann@example.test>", "bob@a.test, carl@a.test", "a plan", "Mon, 2 Mar 2026 10:00:00 +0000", "<1@example.test>"),
            (Text(header, "from"), Text(header, "to"), Text(header, "subject"), Text(header, "date"), Text(header, "messageId")));
        var rows = said.Json.GetProperty("destinations").EnumerateArray().ToList();
        Assert.Equal(["a.test due", "b.test held", "c.test due"], rows.Select(row => $"{Text(row, "destination")} {Text(row, "state")}"));
        Assert.Equal((3, JsonValueKind.String, JsonValueKind.Null), (
            rows[0].GetProperty("attempts").GetInt32(), rows[0].GetProperty("nextAttempt").ValueKind, rows[0].GetProperty("claimedUntil").ValueKind));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.String), (rows[1].GetProperty("nextAttempt").ValueKind, rows[2].GetProperty("claimedUntil").ValueKind));
        var trouble = rows[0].GetProperty("recipients")[0].GetProperty("lastTrouble");
        Assert.Equal(("4.2.1", 450, "busy now", "mx.test"), (
            Text(trouble, "status"), trouble.GetProperty("replyCode").GetInt32(), Text(trouble, "text"), Text(trouble, "remoteHost")));
        Assert.Equal("failed", Text(Assert.Single(said.Json.GetProperty("owed").EnumerateArray()), "kind"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--json")]
    public async Task Its_text_and_other_fields_are_not_shown(string option)
    {
        var id = await _rig.AddAsync("a.test due", QueueRig.Sender, message: Message);

        var shown = await _rig.Person.DoAsync($"queue show {id} {option}");

        Assert.Contains("a plan", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("private", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("not this", shown, StringComparison.Ordinal);
        if (option.Length == 0)
        {
            Assert.Contains("Destination a.test: due, 3 attempts, next attempt ", shown, StringComparison.Ordinal);
            Assert.Contains("1970-01-01 00:00:00Z mx.test: 450 4.2.1 busy now", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("not routed", "present", "missing")]
    [InlineData("without spool", "missing", "present")]
    [InlineData("damaged ledger", "present", "damaged")]
    [InlineData("later ledger", "present", "unknown version 99")]
    [InlineData("damaged spool", "damaged", "present")]
    [InlineData("parked only", "missing", "missing")]
    public async Task Whatever_is_left_of_a_message_is_shown(string kind, string spool, string ledger)
    {
        var id = kind is "without spool" or "damaged spool" ? await _rig.AddAsync("a.test due", QueueRig.Sender) : await _rig.SpoolAsync(QueueRig.Sender);
        var container = (string name) => _rig.Stores.Connection.Blobs.GetBlobContainerClient(name).GetBlobClient(id.Text);
        if (kind is "without spool" or "parked only")
            await _rig.Stores.Spool.DeleteAsync(id, CancellationToken.None);
        if (kind is "damaged ledger" or "later ledger")
            await container("ledger").UploadAsync(BinaryData.FromString(kind == "later ledger" ? """{"v":99}""" : "{"));
        if (kind == "damaged spool")
            await container("spool").UploadAsync(BinaryData.FromString("{"), overwrite: true);
        if (kind == "parked only")
            await _rig.Stores.Parked.ParkAsync(id, "the hash differs", CancellationToken.None);

        var json = (await _rig.Person.RunAsync($"queue show {id} --json")).Json;

        Assert.StartsWith(spool, Text(json, "spoolState"), StringComparison.Ordinal);
        Assert.StartsWith(ledger, Text(json, "ledgerState"), StringComparison.Ordinal);
        Assert.Equal(kind == "parked only" ? "the hash differs" : null, json.GetProperty("parked").GetString());
        Assert.NotEmpty(await _rig.Person.DoAsync($"queue show {id}"));
    }

    [Fact]
    public async Task A_message_that_is_not_there_is_told()
    {
        var said = await _rig.Person.RunAsync($"queue show {SpoolId.New(TimeProvider.System)}");

        Assert.Equal((ExitCode.Refused, ""), (said.Code, said.Output));
        Assert.Contains("it is finished, or it never was ours", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: a\r\n", "a")]
    [InlineData("SUBJECT : a\r\nSubject: b\r\n", "a")]
    [InlineData("X: y\r\nSubject:a\r\n  b\r\n\tc\r\n", "a  b c")]
    [InlineData("Subject: red \u001b[31m\u0007\u009b2J\u202egnp.exe\r\n", "red ?[31m??2J?gnp.exe")]
    [InlineData("Subject: Gr\u00fc\u00dfe \u4f60\r\n", "Gr\u00fc\u00dfe \u4f60")]
    [InlineData("Subject:\r\n", "")]
    [InlineData("no field\r\n: nothing\r\n", null)]
    [InlineData("", null)]
    public void A_field_is_shown_unfolded_and_harmless(string header, string? subject) => Assert.Equal(subject, HeaderExcerpt.Parse(header).Subject);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
