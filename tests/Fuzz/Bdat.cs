// Bent sessions that bring mail in chunks.
namespace MailFunctions.Fuzz;

public sealed class Bdat : SmtpTarget
{
    private const string Begin = "EHLO c.test\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\n";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        Begin + "BDAT 6 LAST\r\nbody\r\nQUIT\r\n",
        Begin + "BDAT 6\r\nbody\r\nBDAT 15\r\nx\r\n.\r\nRSET\r\ny\r\nNOOP\r\nBDAT 0 LAST\r\n" + Begin + "BDAT 3 LAST\r\nz\r\nQUIT\r\n",
        "BDAT 6\r\nQUIT\r\n" + Begin + "BDAT 5\r\na\r\nb\rBDAT 1\r\n\nBDAT 6\r\nRSET\r\nRSET\r\n" + Begin + "BDAT 4 LAST\r\n..\r\nDATA\r\nQUIT\r\n",
        "HELO c.test\r\nBDAT 5 LAST\r\nNOOP\nEHLO c.test\r\nBDAT 3 LAST\r\nx\r\n" + Begin
            + "BDAT 0\r\nBDAT 0\r\nMAIL FROM:<b@far.test>\r\nRCPT TO:<bob@us.test>\r\nVRFY x\r\nBDAT 3 last\r\ny\r\nDATA\r\nBDAT 2 LAST\r\n\r\n",
        Begin + "BDAT 5\r\na\r\nb\rEHLO c.test\r\nBDAT 5 LAST\r\nQUIT\n" + Begin + "BDAT 99999999999 LAST\r\nQUIT\r\n",
        Begin + "BDAT 10 LASTX\r\nNOOP\r\nOK\r\n" + Begin + "BDAT 4\r\na\nb\nDATA\r\n" + Begin + "DATA\r\nx\r\n.\r\n",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        .. base.Tokens, "BDAT 1\r\nx", "BDAT 2 LAST\r\n\r\n", "BDAT 100001\r\n", "BDAT -1\r\n", "BDAT 0x1\r\n", " LAST", "DATA\r\n", "NOOP\r\n",
        "MAIL FROM:<a@far.test>\r\n", "RCPT TO:<bob@us.test>\r\n", "EHLO c.test\r\n", "HELO c.test\r\n",
    ];
}
