// What sessions tell the trace.
using MailFunctions.Mail.Traces;

namespace MailFunctions.Protocol.Smtp;

public sealed class Tracing
{
    [Fact]
    public async Task An_accepted_message_is_noted_with_who_brought_it()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var line in (string[])["EHLO c.test", "MAIL FROM:<a@far.test>", "RCPT TO:<both@us.test>", "DATA"])
            await client.AskAsync(line);
        await client.SendAsync("Subject: x\r\n\r\nx\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync(), StringComparison.Ordinal);

        var entry = Assert.Single(rig.Trace.Entries);
        Assert.Equal((TraceKind.Accepted, "a@far.test", "c.test", 17L), (entry.Kind, entry.From, entry.Helo, entry.Octets));
        Assert.Equal(["alice@us.test", "bob@us.test"], entry.To);
        Assert.NotNull(entry.Id);
        Assert.NotNull(entry.Address);
        Assert.Null(entry.Tls);
    }

    [Fact]
    public async Task A_refused_recipient_and_a_refused_message_are_noted_with_our_words()
    {
        await using var rig = new SmtpRig();
        await using var client = rig.Connect();
        await client.ReadReplyAsync();
        foreach (var line in (string[])["EHLO c.test", "MAIL FROM:<>", "RCPT TO:<nobody@us.test>", "RCPT TO:<alice@us.test>", "DATA"])
            await client.AskAsync(line);
        await client.SendAsync("Subject: x\r\n\r\na\nx\r\n.\r\n");
        Assert.StartsWith("550", await client.ReadReplyAsync(), StringComparison.Ordinal);

        var entries = rig.Trace.Entries.ToList();
        Assert.Equal([TraceKind.Refused, TraceKind.Refused], entries.Select(entry => entry.Kind));
        Assert.Equal(("", "nobody@us.test"), (entries[0].From, Assert.Single(entries[0].To!)));
        Assert.StartsWith("550 5.1.1", entries[0].Reply, StringComparison.Ordinal);
        Assert.StartsWith("550 5.6.0", entries[1].Reply, StringComparison.Ordinal);
    }
}
