// Messages that can be read in more than one way: the one way in which we do, and that it is told.
using System.Text;
using MailFunctions.Mime;

namespace MailFunctions.Unit.Mime;

public sealed class AmbiguousMessages
{
    private const string Mixed = "Content-Type: multipart/mixed; boundary=b\r\n";
    private const string Two = "\r\n--b\r\n\r\none\r\n--b\r\nContent-Disposition: attachment; filename=x.exe\r\n\r\ntwo\r\n--b--\r\n";

    // The message; the parts as path, type and content; what is said of it.
    public static TheoryData<string, string, string, Defects> Rows => new()
    {
        { "MI-01 plain", Mixed + Two, "1.1:one 1.2:two", Defects.None },
        { "MI-01 two types, the first counts", Mixed + "Content-Type: text/plain\r\n" + Two, "1.1:one 1.2:two", Defects.DuplicateField },
        { "MI-01 two boundaries, the first counts", "Content-Type: multipart/mixed; boundary=b; boundary=c\r\n" + Two, "1.1:one 1.2:two", Defects.DuplicateParameter },
        {
            "MI-01 two encodings, the first counts", "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\nb25l", "1:one",
            Defects.DuplicateField
        },
        { "MI-01 a boundary that ends with a space", "Content-Type: multipart/mixed; boundary=\"b \"\r\n" + Two, "1.1:one 1.2:two", Defects.None },
        { "MI-01 spaces behind the boundary", Mixed + Two.Replace("--b\r\n", "--b \t\r\n", StringComparison.Ordinal), "1.1:one 1.2:two", Defects.None },
        { "MI-01 no last boundary", Mixed + Two[..^9], "1.1:one 1.2:two", Defects.UnclosedMultipart },
        { "MI-01 no boundary named", "Content-Type: multipart/mixed\r\n\r\none", "1:one", Defects.MissingBoundary | Defects.EmptyMultipart },
        { "MI-01 a boundary that never comes", Mixed + "\r\none\r\n", "", Defects.EmptyMultipart | Defects.UnclosedMultipart },
        { "MI-01 bad base64", "Content-Transfer-Encoding: base64\r\n\r\nb2.5l", "1:one", Defects.MalformedEncoding },
        { "MI-01 base64 behind its padding", "Content-Transfer-Encoding: base64\r\n\r\nb24=ZQ==", "1:one", Defects.MalformedEncoding },
        { "MI-01 an encoded multipart", Mixed + "Content-Transfer-Encoding: base64\r\n" + Two, "1.1:one 1.2:two", Defects.EncodedMultipart },
        { "MI-01 a comment in a parameter", "Content-Type: multipart/mixed; boundary=b (c)\r\n" + Two, "1.1:one 1.2:two", Defects.None },
        { "MI-01 a comment before a parameter", "Content-Type: multipart/mixed; (x) boundary (y) = (z) \"b\"\r\n" + Two, "1.1:one 1.2:two", Defects.None },
        { "MI-01 an unknown encoding", "Content-Transfer-Encoding: base-64\r\n\r\none", "1:one", Defects.UnknownEncoding },
        {
            "MI-01 a nested multipart with the same boundary takes parts until it is closed",
            Mixed + "\r\n--b\r\n" + Mixed + "\r\n--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\ntwo\r\n--b--\r\n", "1.1.1:one 1.2:two", Defects.BoundaryClash
        },
        { "MI-01 a line that is no field ends the header", "A: b\r\nno field\r\nC: d\r\n\r\ne", "1:no field\r\nC: d\r\n\r\ne", Defects.HeaderNotEnded },
        { "MI-01 parts behind the last boundary are none", Mixed + Two + "--b\r\n\r\nthree\r\n", "1.1:one 1.2:two", Defects.None },
        { "MI-01 an outer boundary ends inner parts", Mixed + "\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\none\r\n--b--\r\n", "1.1.1:one", Defects.UnclosedMultipart },
        { "MI-01 an encoded message is not opened", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nb25l", "1:one", Defects.EncodedMessage },
        { "a digest's parts are messages", "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\none\r\n--b--\r\n", "1.1.1:one", Defects.None },
        { "a mailbox file's line is passed over", "From a@b.test Mon\r\nA: b\r\n\r\none", "1:one", Defects.MailboxLine },
        { "lines may end in LF", "A: b\n\none\ntwo", "1:one\ntwo", Defects.None },
        { "a header alone", "A: b\r\n", "1:", Defects.None },
        { "a lone CR ends no header, and what it follows is no content", "A: b\r\n\r", "1:\r", Defects.HeaderNotEnded },
        { "a name without its colon is content", "A: b\r\nCd", "1:Cd", Defects.HeaderNotEnded },
        { "a mailbox file's line and nothing else", "From a@b.test Mon", "1:", Defects.MailboxLine },
        { "a mailbox file's line cut off", "From ", "1:", Defects.MailboxLine },
        { "MI-01 spaces before the first field hide no part", " \t \r\n" + Mixed + Two, "1.1:one 1.2:two", Defects.MalformedField },
        { "text that begins with spaces is text", "  a\r\nb", "1:  a\r\nb", Defects.HeaderNotEnded },
        { "spaces, and text that begins with spaces", " \n  a", "1:  a", Defects.HeaderNotEnded | Defects.MalformedField },
        { "spaces alone", "  ", "1:  ", Defects.HeaderNotEnded },
        { "MI-01 a boundary that ends the header hides no part", Mixed + Two[2..], "1.1:one 1.2:two", Defects.HeaderNotEnded },
        { "MI-01 a boundary behind a folded empty line hides no part", Mixed + " " + Two, "1.1:one 1.2:two", Defects.HeaderNotEnded },
        {
            "MI-01 a boundary that ends the header of a part hides no part",
            "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + Mixed + Two[2..] + "--c--\r\n", "1.1.1:one 1.1.2:two", Defects.HeaderNotEnded
        },
        {
            "MI-01 a mailbox file's line in a message in the message hides no part", "Content-Type: message/rfc822\r\n\r\nFrom a@b.test Mon\r\n" + Mixed + Two,
            "1.1.1:one 1.1.2:two", Defects.MailboxLine
        },
        { "a line that is no field in a message in the message", "Content-Type: message/rfc822\r\n\r\nno field", "1.1:no field", Defects.HeaderNotEnded },
        { "a message in the message whose own header never ends", "Content-Type: message/rfc822\r\nno field", "1.1:no field", Defects.HeaderNotEnded },
        { "a name cut off before a message in the message", "Content-Type: message/rfc822\r\nab", "1.1:ab", Defects.HeaderNotEnded },
        {
            "names in capitals, whatever the culture makes of an I",
            "CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=b\r\n\r\n--b\r\nCONTENT-DISPOSITION: INLINE\r\n"
                + "CONTENT-TRANSFER-ENCODING: QUOTED-PRINTABLE\r\n\r\n=49\r\n--b--\r\n",
            "1.1:I", Defects.None
        },
        { "nothing", "", "1:", Defects.None },
        { "an empty part", Mixed + "\r\n--b\r\n\r\n--b--\r\n", "1.1:", Defects.None },
        { "a part of an unended header", Mixed + "\r\n--b\r\nA: b\r\n--b--\r\n", "1.1:", Defects.HeaderNotEnded },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_message_has_one_reading_however_it_is_cut(string name, string text, string expected, Defects defects)
    {
        Assert.NotEmpty(name);
        var octets = Encoding.ASCII.GetBytes(text);
        for (var piece = 1; piece <= octets.Length + 1; piece++)
        {
            var (message, bodies) = Bodies.Read(octets, piece);
            var leaves = message.Parts.Where(part => part.IsLeaf).Select(part => $"{part.Path}:{Encoding.ASCII.GetString(bodies[part])}");
            Assert.Equal((expected, defects), (string.Join(' ', leaves), message.Defects));
            Readings.Check(octets, message, bodies);
        }
    }
}
