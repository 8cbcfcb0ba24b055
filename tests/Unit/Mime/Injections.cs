// What a message hides in its encodings stays a value when it is told elsewhere.
using System.Text;
using MailFunctions.Mime.Summaries;

namespace MailFunctions.Unit.Mime;

public sealed class Injections
{
    [Theory]
    [InlineData("=?utf-8?q?a=0D=0ABcc:_x@y?=")]
    [InlineData("=?utf-8?b?YQ0KQmNjOiB4QHk=?=")]
    [InlineData("=?utf-7?q?a+AA0ACg-Bcc:_x@y?=")]
    [InlineData("=?utf-8?q?a=00=1B[2J=C2=85=E2=80=A8?=")]
    public void INJ_04_what_decodes_to_line_ends_has_none_when_it_is_told(string word)
    {
        var reader = new MessageSummaryReader();
        reader.Pass(Encoding.ASCII.GetBytes(
            $"From: {word} <a@b.test>\r\nTo: {word} <c@d.test>\r\nSubject: {word}\r\nMessage-ID: <1@b.test>\r\n"
                + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/x\r\n"
                + "Content-Disposition: attachment; filename*=utf-8''a%0D%0AX:%20y%1B\r\n\r\nz\r\n--x\r\n"
                + $"Content-Type: application/x; name=\"{word}\"\r\n\r\nz\r\n--x--\r\n"));
        var summary = reader.Complete();

        Assert.Equal(2, summary.Attachments.Count);
        string?[] told = [summary.Subject, .. summary.From.Select(one => one.Name), .. summary.To.Select(one => one.Name), .. summary.Attachments.Select(one => one.Name)];
        Assert.Equal(5, told.Length);
        Assert.All(told, text => Assert.DoesNotContain(text!, c => char.IsControl(c) || c is '\u2028'));
    }
}
