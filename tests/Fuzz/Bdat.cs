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
        Begin + "BDAT 10 LASTX\r\nNOOP\r\nOK\r\n" + Begin + "BDAT 4\r\na\nb\nDATA\r\n" + Begin + "DATA\r\nx\r\n.\r\n",
    ];
}
