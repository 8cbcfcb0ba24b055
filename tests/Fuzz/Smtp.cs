// Bent sessions of other servers that bring mail.
namespace MailFunctions.Fuzz;

public sealed class Smtp : SmtpTarget
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "EHLO c.test\r\nMAIL FROM:<a@far.test> SIZE=40 BODY=8BITMIME\r\nRCPT TO:<alice@us.test> NOTIFY=NEVER\r\nRCPT TO:<both@us.test>\r\nDATA\r\n"
            + "Subject: x\r\nReceived: from x by y; Tue, 3 Feb 2026 12:00:05 +0000\r\n\r\n..\r\nbody\r\n.\r\nQUIT\r\n",
        "HELO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n.\r\nMAIL FROM:<\"a b\"@[192.0.2.1]>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\nx\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n",
        "EHLO [IPv6:2001:db8::1]\r\nMAIL FROM:<@x.test,@y.test:a@far.test> RET=HDRS ENVID=QQ+3D1\r\nRCPT TO:<bob@us.test> ORCPT=rfc822;a+2Bb@us.test\r\nVRFY alice\r\nHELP\r\nEXPN x\r\nDATA\r\n\r\n.\r\n",
        "EHLO c.test\r\nSTARTTLS\r\nAUTH PLAIN AGEAYg==\r\nXYZZY\r\nMAIL FROM:<a@far.test> X=y\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<x@far.test>\r\nRCPT TO:<nobody@us.test>\r\nRCPT TO:<alice@us.test>\r\nDATA\r\na\r\n.\r\n",
    ];
}
