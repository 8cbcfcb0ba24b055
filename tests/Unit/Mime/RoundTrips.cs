// What is printed is read back: seeded cases.
using System.Text;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Unit.Mime;

public sealed class RoundTrips
{
    private const int Cases = 100_000;

    private static readonly string[] Pieces =
        ["a", "B", "0", " ", "  ", ".", ",", "\"", "\\", "(", ")", "<", ">", "@", ":", ";", "=?", "?=", "=?utf-8?q?x?=", "_", "'", "*", "%41", "/", "\u00fc", "\u20ac", "\U0001f600", "\u0131", "\u212a"];

    [Fact]
    public void Header_text_is_read_back()
    {
        var random = new Random(1);
        for (var i = 0; i < Cases; i++)
        {
            var text = Text(random);
            Assert.Equal(text, HeaderText.Read(Encoding.UTF8.GetBytes($" {HeaderText.Print(text, 9)}\r\n")));
        }
    }

    [Fact]
    public void Parameters_are_read_back()
    {
        var random = new Random(2);
        for (var i = 0; i < Cases; i++)
        {
            var list = ParameterList.Of([new Parameter("filename", Text(random)), new Parameter("x", Text(random))]);
            var defects = Defects.None;
            var read = ContentType.Read(HeaderText.Unfold(Encoding.UTF8.GetBytes($"a/b{list.Print()}")), ref defects);
            Assert.Equal((Defects.None, list.All[0], list.All[1]), (defects, read.Parameters.All[0], read.Parameters.All[1]));
        }
    }

    [Fact]
    public void Mailboxes_are_read_back()
    {
        var random = new Random(3);
        for (var i = 0; i < Cases; i++)
        {
            var name = Text(random);
            var mailbox = new Address.Mailbox(name.Length == 0 ? null : name, $"l{Text(random)}", "example.test");
            var list = AddressList.Read(HeaderText.Unfold(Encoding.UTF8.GetBytes(mailbox.ToString())));
            Assert.Equal([mailbox], list.Entries);
        }
    }

    [Fact]
    public void Groups_are_read_back()
    {
        var random = new Random(4);
        for (var i = 0; i < Cases; i++)
        {
            var members = Enumerable.Range(0, random.Next(3)).Select(_ => new Address.Mailbox(random.Next(2) == 0 ? null : $"n{Text(random)}", $"l{Text(random)}", "example.test")).ToList();
            var group = new Address.Group($"g{Text(random)}", members);
            var read = Assert.IsType<Address.Group>(Assert.Single(AddressList.Read(HeaderText.Unfold(Encoding.UTF8.GetBytes(group.ToString()))).Entries));
            Assert.Equal(group.Name, read.Name);
            Assert.Equal(members, read.Members);
        }
    }

    [Fact]
    public void Addresses_of_envelopes_are_read_back()
    {
        var random = new Random(5);
        var made = 0;
        for (var i = 0; i < Cases; i++)
        {
            if (!MailFunctions.Mail.EmailAddress.TryCreate(Text(random), MailFunctions.Mail.DomainName.Parse("example.test"), out var address))
                continue;
            made++;
            Assert.True(MailFunctions.Mail.EmailAddress.TryParse(address.ToString(), out var read));
            Assert.Equal(address, read);
        }
        Assert.InRange(made, Cases / 2, Cases);
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
