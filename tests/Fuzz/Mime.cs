// Bent messages, as whoever reads mail gets them.
using MailFunctions.Mime.Summaries;
using MailFunctions.Unit.Mime;

namespace MailFunctions.Fuzz;

public sealed class Mime : Target
{
    private static readonly int[] Pieces = [1, 2, 7, 64];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "--b\r\n", "\r\n--b--\r\n", "--", "\r\n\r\n", "\n\n", "\0", "\xff", "\xc3\xbc", "=", "=\r\n", "=3D",
        "=?utf-8?q?=C3=BC?=", "=?iso-8859-1?b?/A==?=", "=?", "?=", "*0*=",
        "; name=", ";", "\"", "\\", "(", ")", "<", ">", ",", ":", "@", "utf-8''%c3%bc",
        "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n\r\n",
        "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n",
        "Content-Disposition: attachment; filename=\"x\"\r\n", "begin 644 x\r\n", "end\r\n",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "From: =?utf-8?q?J=C3=BCrgen?= <a@b.test>\r\nTo: g: c@d.test, \"E, F\" <e@f.test>;, h@i.test (H)\r\nSubject: =?iso-8859-1?b?R3L832U=?=\r\n x\r\n"
            + "Date: Tue, 3 Feb 2026 12:00:05 +0100\r\nMessage-ID: <1@b.test>\r\n\r\nHello\r\n-- \r\nJ\r\n",
        "Subject: x\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n"
            + "Content-Type: image/png; name*0*=utf-8''%c3;\r\n name*1*=%bc\r\n"
            + "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"a.png\"\r\n\r\niVBORw0KGgo=\r\n--b--\r\nepilogue\r\n",
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-15\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db =\r\nc\r\n--b\r\n"
            + "Content-Type: text/html\r\n\r\n<style>x</style><p>a&amp;b</p>\r\n--b--\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            + "Content-Type: multipart/digest; boundary=bb\r\n\r\n--bb\r\n\r\nSubject: in\r\n\r\ntext\r\n--bb--\r\n--b\r\n"
            + "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\n--b--\r\n",
        "From a@b.test Mon Jan  1 00:00:00 2026\nContent-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#0V%T\n`\nend\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b\r\n"
            + "Content-Type: message/delivery-status\r\n\r\n"
            + "Reporting-MTA: dns; x.test\r\n\r\nFinal-Recipient: rfc822; a@b.test\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
            + "Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n\r\n--b--\r\n",
    ];

    /// <inheritdoc/>
    protected override Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var octets = pieces.SelectMany(piece => piece).ToArray();
        var (message, bodies) = Bodies.Read(octets);
        Readings.Check(octets, message, bodies);
        var whole = Bodies.Describe(message, bodies);
        var (again, bodiesAgain) = Bodies.Read(pieces);
        Assert.Equal(whole, Bodies.Describe(again, bodiesAgain));
        foreach (var piece in Pieces)
        {
            (again, bodiesAgain) = Bodies.Read(octets, piece);
            Assert.Equal(whole, Bodies.Describe(again, bodiesAgain));
        }
        Assert.Equal(Summarize([octets]), Summarize(pieces));
        return Task.CompletedTask;
    }

    private static string Summarize(IEnumerable<byte[]> pieces)
    {
        var reader = new MessageSummaryReader();
        foreach (var piece in pieces)
            reader.Pass(piece);
        var summary = reader.Complete();
        Assert.InRange(summary.Preview.Length, 0, MessageSummary.PreviewLength);
        Assert.InRange(summary.Subject?.Length ?? 0, 0, MessageSummary.SubjectLength);
        var lists = string.Join('|', summary.From.Concat(summary.To).Select(one => one.ToString()).Concat(summary.Attachments.Select(one => one.ToString())));
        return $"{summary.Subject}|{summary.Date}|{summary.MessageId}|{summary.Preview}|{summary.Automation}|{summary.Defects}|{lists}";
    }
}
