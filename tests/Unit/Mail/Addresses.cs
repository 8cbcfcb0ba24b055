// Rows of addresses and domains: what they are read as, and that they print back.
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class Addresses
{
    [Theory]
    [InlineData("a@b.test", "a@b.test")]
    [InlineData("A.b+c@B.Test", "A.b+c@b.test")]
    [InlineData("a@b.test.", "a@b.test")]
    [InlineData("\"a b\"@b.test", "\"a b\"@b.test")]
    [InlineData("\"ab\"@b.test", "ab@b.test")]
    [InlineData("\"a\\b\"@b.test", "ab@b.test")]
    [InlineData("\"a\\\\b\"@b.test", "\"a\\\\b\"@b.test")]
    [InlineData("\"a@b\"@c.test", "\"a@b\"@c.test")]
    [InlineData("a@[192.0.2.1]", "a@[192.0.2.1]")]
    [InlineData("a@[IPv6:2001:DB8:0::1]", "a@[IPv6:2001:db8::1]")]
    [InlineData("a@xn--bcher-kva.test", "a@xn--bcher-kva.test")]
    [InlineData("a@b\u00fccher.test", "a@xn--bcher-kva.test")]
    [InlineData("a@B\u00dcCHER.Test", "a@xn--bcher-kva.test")]
    [InlineData("J\u00fcrgen@b.test", "J\u00fcrgen@b.test")]
    [InlineData("\u7528\u6237@b.test", "\u7528\u6237@b.test")]
    [InlineData("\"\u00e4 b\"@b.test", "\"\u00e4 b\"@b.test")]
    [InlineData("\"\u00e4b\"@b.test", "\u00e4b@b.test")]
    public void An_address_prints_in_its_one_spelling_and_reads_back(string text, string printed)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal(printed, address.ToString());
        Assert.Equal(address, EmailAddress.Parse(printed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b.test")]
    [InlineData("a@")]
    [InlineData("a@b@c.test")]
    [InlineData("\"\"@b.test")]
    [InlineData("a@b test")]
    [InlineData("a\0@b.test")]
    [InlineData("a\r\n@b.test")]
    [InlineData("\"a\r\n\"@b.test")]
    [InlineData("\"a\u0000b\"@b.test")]
    [InlineData("a\uff20b.test")]         // fullwidth commercial at
    [InlineData("a@b\uff0etest")]         // fullwidth full stop
    [InlineData("a@b\u3002test")]         // ideographic full stop
    [InlineData("a\u0140b.test")]         // low octet 40
    [InlineData("a\u1f40b.test")]
    [InlineData("a@b\uff61test")]         // halfwidth ideographic full stop
    [InlineData("a@\u212aelvin.test")]    // Kelvin sign
    [InlineData("a@b\u00a0c.test")]       // no-break space
    [InlineData("a@b\u200dc.test")]       // zero width joiner
    [InlineData("a@\u00e4-.test")]
    [InlineData("a@xn--\u00e4.test")]
    [InlineData("a@\ud800.test")]
    [InlineData("a\ud800@b.test")]
    [InlineData("a\u202e@b.test")]
    [InlineData("a@[::1]")]
    [InlineData("a@[IPv6:::1%eth0]")]
    [InlineData("a@[IPv6:[::1]]")]
    [InlineData("a@[192.0.2.01]")]
    [InlineData("a@[192.0.2]")]
    [InlineData("a@[]")]
    [InlineData("a@-b.test")]
    [InlineData("a@b-.test")]
    [InlineData("a@b-")]
    [InlineData("a@.test")]
    public void What_is_no_address_is_not_read_as_one(string text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Theory]
    [InlineData("ALICE@example.test", "alice@example.test")]
    [InlineData("alice@EXAMPLE.TEST", "alice@example.test")]
    [InlineData("\u00dcBER@example.test", "\u00dcber@example.test")]
    [InlineData("\u212aATE@example.test", "\u212aate@example.test")] // UN-01: the Kelvin sign does not become a k,
    [InlineData("ali\u017f@example.test", "ali\u017f@example.test")] // nor a long s an s,
    [InlineData("AL\u0130CE@example.test", "al\u0130ce@example.test")] // nor a dotted I an i
    public void The_canonical_form_folds_ascii(string text, string canonical) => Assert.Equal(canonical, EmailAddress.Parse(text).Canonical.ToString());

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void A_local_part_in_UTF_8_is_measured_in_octets(int letters, bool good) =>
        Assert.Equal(good, EmailAddress.TryParse($"{new string('\u00e4', letters)}@b.test", out _));

    [Theory]
    [InlineData("j\u00fcrgen@example.test")]
    [InlineData("\u212aate@example.test")]
    public void What_is_ours_is_ASCII(string name) => Assert.False(AliasName.TryParse(name, out _));

    [Theory]
    [InlineData("alice@example.test", "alice@example.test")]
    [InlineData("@example.test", "@example.test")]
    [InlineData("Info@Example.Test", "info@example.test")]
    public void An_alias_name_is_an_address_or_a_catch_all(string text, string printed)
    {
        Assert.True(AliasName.TryParse(text, out var name));
        Assert.Equal(printed, name.ToString());
    }

    [Theory]
    [InlineData("a@[192.0.2.1]", "192.0.2.1")]
    [InlineData("a@[IPv6:2001:db8::1]", "2001:db8::1")]
    public void A_literal_names_an_address(string text, string expected) =>
        Assert.Equal(System.Net.IPAddress.Parse(expected), EmailAddress.Parse(text).Domain.LiteralAddress);
}
