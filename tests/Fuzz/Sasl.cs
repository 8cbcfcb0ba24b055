// Bent logins.
using System.Text;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Fuzz;

public sealed class Sasl : SmtpTarget
{
    private static readonly string Plain = Base64("\0alice@us.test\0" + SmtpRig.Password);
    private static readonly string Login = $"AUTH LOGIN\r\n{Base64("alice@us.test")}\r\n{Base64(SmtpRig.Password)}\r\n";

    /// <inheritdoc/>
    protected override string Listener => "Submissions";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        $"EHLO c.test\r\nAUTH PLAIN {Plain}\r\nMAIL FROM:<alice@us.test>\r\nRCPT TO:<x@far.test>\r\nDATA\r\nFrom: alice@us.test\r\n\r\nx\r\n.\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH PLAIN\r\n{Plain}\r\nMAIL FROM:<bob@us.test>\r\nMAIL FROM:<alice@us.test> AUTH=<>\r\nRSET\r\nQUIT\r\n",
        $"EHLO c.test\r\n{Login}AUTH LOGIN\r\nQUIT\r\n",
        $"EHLO c.test\r\nAUTH LOGIN {Base64("bob@us.test")}\r\n{Base64("wrong")}\r\nAUTH LOGIN\r\n*\r\nAUTH PLAIN =\r\nAUTH CRAM-MD5\r\n{Login}QUIT\r\n",
        $"EHLO c.test\r\nAUTH SCRAM-SHA-256 {Base64("n,,n=alice@us.test,r=fyko+d2lbbFgONRv9qkxdawL")}\r\n{Base64("c=biws,r=fyko+d2lbbFgONRv9qkxdawL,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")}\r\n\r\nQUIT\r\n",
    ];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
