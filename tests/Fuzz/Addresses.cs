// Bent addresses, of commands and of header fields.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Fuzz;

public sealed class Addresses : Target
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
        ["\"", "\\", "(", ")", "<", ">", "@", ",", ";", ":", "[", "]", ".", "..",
            " ", "\t", "\r\n ", "\0", "\xc3\xbc", "\xff", "=?utf-8?q?=3C?=", "[IPv6:::1]", "xn--"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "alice@us.test\r\n", "\"a b\\\"c\"@[192.0.2.1]\r\n", "=?utf-8?q?J=C3=BCrgen?= <a.b+c@b.test>, g: c@d.test, \"E, F\" <e@f.test>;, h@i.test (H (x))\r\n",
        "<@a.test,@b.test:c@d.test>\r\n", "a@[IPv6:2001:db8::1], . . . <b@c.test>,,\r\n", "\xc3\xbc@\xc3\xbc.test\r\n",
    ];

    /// <inheritdoc/>
    protected override Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        byte[] octets = [.. pieces.SelectMany(piece => piece)];
        var text = Encoding.UTF8.GetString(octets).TrimEnd('\r', '\n');
        if (EmailAddress.TryParse(text, out var address))
            Assert.Equal(address, EmailAddress.Parse(address.ToString()));
        if (MailboxList.TryRead(octets, out var authors))
        {
            Assert.NotEmpty(authors);
            Assert.All(authors, author => Assert.Equal(author, EmailAddress.Parse(author.ToString())));
        }
        Assert.NotNull(AddressList.Read(HeaderText.Unfold(octets)).Entries);
        return Task.CompletedTask;
    }
}
