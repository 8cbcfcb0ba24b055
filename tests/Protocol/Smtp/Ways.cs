// The ways by which mail comes in: each listener that takes it, in clear and under TLS.
using System.Text;
using MailFunctions.Gateway;

namespace MailFunctions.Protocol.Smtp;

/// <summary>What must be so on one of them must be so on each. Where logins are, alice@us.test has logged in.</summary>
internal static class Ways
{
    /// <summary>Listener, and whether it is under TLS.</summary>
    public static TheoryData<string, bool> All => new() { { "Smtp", false }, { "Smtp", true }, { "Submission", true }, { "Submissions", true } };

    /// <summary>A client that may say MAIL FROM:&lt;alice@us.test&gt;.</summary>
    public static async Task<MemoryClient> ConnectAsync(SmtpRig rig, string listener, bool tls)
    {
        var client = rig.Connect(listener);
        var row = Listeners.Rows.Single(row => row.Name == listener);
        if (row.Tls == TlsMode.Implicit)
            await client.StartTlsAsync();
        Assert.StartsWith("220", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        if (tls && row.Tls == TlsMode.Upgrade)
        {
            Assert.StartsWith("220", await client.AskAsync("STARTTLS"), StringComparison.Ordinal);
            await client.StartTlsAsync();
            Assert.StartsWith("250", await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
        }
        if (row.Service == Service.Submit)
        {
            var login = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@us.test\0" + SmtpRig.Password));
            Assert.StartsWith("235", await client.AskAsync($"AUTH PLAIN {login}"), StringComparison.Ordinal);
        }
        return client;
    }

    /// <summary>Says a line in UTF-8 and reads the reply.</summary>
    public static async Task<string?> SayAsync(MemoryClient client, string line)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
        return await client.ReadReplyAsync();
    }
}
