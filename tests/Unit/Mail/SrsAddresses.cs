// Rewritten senders: they read back, and nothing that is not exactly what was signed does.
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class SrsAddresses
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    private static readonly DomainName Ours = DomainName.Parse("ours.test");
    private static readonly ReadOnlyMemory<byte> Key = "0123456789abcdef"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> NewKey = "fedcba9876543210"u8.ToArray();
    private static readonly Srs Rewriter = new(Ours, [Key]);

    [Theory]
    [InlineData("bob@far.test")]
    [InlineData("Bob.Smith+tag@far.test")]
    [InlineData("a=b=c@far.test")]
    [InlineData("\"a b\"@far.test")]
    [InlineData("\"a@b\"@far.test")]
    [InlineData("\"=\\\\\\\"\"@far.test")]
    [InlineData("bob@[192.0.2.1]")]
    [InlineData("bob@[IPv6:2001:db8::1]")]
    [InlineData("srs0bob@far.test")]
    [InlineData("SRS2=x@far.test")]
    [InlineData("SRS1=no-host@far.test")]
    [InlineData("SRS1=x=host.test=no-separator@far.test")]
    public void A_sender_is_rewritten_to_an_address_of_ours_that_leads_back(string sender)
    {
        var rewritten = Rewrite(sender);
        Assert.StartsWith("SRS0=", rewritten.LocalPart, StringComparison.Ordinal);
        Assert.Equal(Ours, rewritten.Domain);
        Assert.Equal(rewritten, EmailAddress.Parse(rewritten.ToString()));
        Assert.Equal(new SrsReading.Decoded(EmailAddress.Parse(sender)), Rewriter.Read(rewritten, Noon));
    }

    [Fact]
    public void The_form_is_that_of_the_scheme()
    {
        // 3 February 2026 is day 20487 since 1970, 7 modulo 1024. The hashes were made with Python's hmac, hashlib and base64.
        Assert.Equal("SRS0=3KBMA6=AH=far.test=Bob@ours.test", Rewrite("Bob@far.test").ToString());
        Assert.Equal("SRS1=XMGBO7=other.test==HHHH=TT=far.test=bob@ours.test", Rewrite("SRS0=HHHH=TT=far.test=bob@other.test").ToString());
    }

    [Theory]
    [InlineData("SRS0=abcd=TT=far.test=bob@other.test", "SRS0=abcd=TT=far.test=bob@other.test")]
    [InlineData("srs0+abcd=TT=far.test=bob@other.test", "SRS0+abcd=TT=far.test=bob@other.test")]
    [InlineData("SRS0-abcd=TT=far.test=bob@other.test", "SRS0-abcd=TT=far.test=bob@other.test")]
    [InlineData("SRS0=@other.test", "SRS0=@other.test")]
    [InlineData("SRS1=wxyz=first.test==abcd=TT=far.test=bob@second.test", "SRS0=abcd=TT=far.test=bob@first.test")]
    [InlineData("SRS1+wxyz=first.test=+abcd=TT=far.test=bob@second.test", "SRS0+abcd=TT=far.test=bob@first.test")]
    public void An_address_of_another_forwarder_is_guarded_and_leads_to_the_first_forwarder(string sender, string first)
    {
        var rewritten = Rewrite(sender);
        Assert.StartsWith("SRS1=", rewritten.LocalPart, StringComparison.Ordinal);
        Assert.Equal(new SrsReading.Decoded(EmailAddress.Parse(first)), Rewriter.Read(rewritten, Noon));
        Assert.Equal(new SrsReading.Decoded(EmailAddress.Parse(first)), Rewriter.Read(rewritten, Noon.AddYears(1)));
    }

    [Fact]
    public void A_chain_of_forwarders_does_not_grow_and_leads_back_link_by_link()
    {
        Srs[] chain = [.. Enumerable.Range(0, 8).Select(i => new Srs(DomainName.Parse($"h{i}.test"), [Key]))];
        var sender = EmailAddress.Parse("bob@far.test");
        var addresses = new List<EmailAddress>();
        foreach (var forwarder in chain)
        {
            sender = Assert.IsType<SrsRewriting.Rewritten>(forwarder.Rewrite(sender, null, Noon)).Address;
            addresses.Add(sender);
        }
        Assert.Single(addresses.Skip(1).Select(address => address.LocalPart.Length).Distinct());
        Assert.Equal(new SrsReading.Decoded(addresses[0]), chain[^1].Read(addresses[^1], Noon));
        Assert.Equal(new SrsReading.Decoded(EmailAddress.Parse("bob@far.test")), chain[0].Read(addresses[0], Noon));
    }

    [Fact]
    public void A_circle_of_forwarders_leads_back_to_the_sender()
    {
        var other = new Srs(DomainName.Parse("other.test"), [NewKey]);
        var away = Assert.IsType<SrsRewriting.Rewritten>(other.Rewrite(Rewrite("bob@far.test"), null, Noon)).Address;
        var home = Rewrite(away.ToString());
        Assert.Equal(new SrsReading.Decoded(EmailAddress.Parse("bob@far.test")), Rewriter.Read(home, Noon));
        Assert.IsType<SrsReading.Expired>(Rewriter.Read(home, Noon.AddDays(30)));
    }

    [Theory]
    [InlineData(0, "Decoded")]
    [InlineData(1, "Decoded")]
    [InlineData(21, "Decoded")]
    [InlineData(22, "Expired")]
    [InlineData(1000, "Expired")]
    [InlineData(-1, "Decoded")] // another machine's midnight
    [InlineData(-2, "Expired")]
    public void An_address_is_good_for_21_days(int days, string expected)
    {
        for (var start = Noon; start < Noon.AddDays(2000); start = start.AddDays(173))
        {
            var address = Assert.IsType<SrsRewriting.Rewritten>(Rewriter.Rewrite(EmailAddress.Parse("bob@far.test"), null, start)).Address;
            Assert.Equal(expected, Rewriter.Read(address, start.AddDays(days)).GetType().Name);
        }
    }

    [Fact]
    public void The_null_sender_and_our_own_are_not_rewritten()
    {
        var bob = EmailAddress.Parse("bob@mine.test");
        Assert.IsType<SrsRewriting.Unchanged>(Rewriter.Rewrite(null, null, Noon));
        Assert.IsType<SrsRewriting.Unchanged>(Rewriter.Rewrite(bob, new LocalDomain(bob.Domain, DomainKind.Local, bob), Noon));
        Assert.IsType<SrsRewriting.Unchanged>(Rewriter.Rewrite(EmailAddress.Parse("SRS0=x=y=z=a@ours.test"), null, Noon));
        // For a domain whose backup exchanger we are, others send.
        Assert.IsType<SrsRewriting.Rewritten>(Rewriter.Rewrite(bob, new LocalDomain(bob.Domain, DomainKind.RelayFor, bob), Noon));
    }

    [Theory]
    [InlineData(40, true)] // 16 octets of SRS, 8 of far.test
    [InlineData(41, false)]
    public void What_would_not_fit_into_64_octets_is_left_to_the_caller(int length, bool fits)
    {
        var result = Rewriter.Rewrite(EmailAddress.Parse($"{new string('a', length)}@far.test"), null, Noon);
        if (fits)
            Assert.Equal(64, Assert.IsType<SrsRewriting.Rewritten>(result).Address.LocalPart.Length);
        else
            Assert.IsType<SrsRewriting.TooLong>(result);
        var longest = EmailAddress.Parse($"{new string('a', 64)}@{new string('b', 60)}.{new string('c', 60)}.test");
        Assert.IsType<SrsRewriting.TooLong>(Rewriter.Rewrite(longest, null, Noon));
    }

    [Theory]
    [InlineData("bob@far.test")]
    [InlineData("SRS0=abcd=TT=far.test=bob@other.test")]
    public void Folded_to_either_case_it_still_leads_back(string sender)
    {
        var rewritten = Rewrite(sender);
        foreach (var folded in new[] { rewritten.ToString().ToLowerInvariant(), rewritten.ToString().ToUpperInvariant() })
        {
            var read = Assert.IsType<SrsReading.Decoded>(Rewriter.Read(EmailAddress.Parse(folded), Noon));
            Assert.Equal(sender, read.Address.ToString(), ignoreCase: true);
        }
    }

    [Theory]
    [InlineData("bob@far.test")]
    [InlineData("\"a b\"@far.test")]
    [InlineData("SRS0=abcd=TT=far.test=bob@other.test")]
    public void No_truncation_and_no_single_change_leads_anywhere_else(string sender)
    {
        var text = Rewrite(sender).ToString();
        var changes = Enumerable.Range(0, text.Length).Select(length => text[..length])
            .Concat(Enumerable.Range(1, text.Length).Select(start => text[start..]))
            .Concat(Enumerable.Range(0, text.Length).Select(i => text.Remove(i, 1)))
            .Concat(from i in Enumerable.Range(0, text.Length) from c in Printable select text.Remove(i, 1).Insert(i, c))
            .Concat(from i in Enumerable.Range(0, text.Length + 1) from c in Printable select text.Insert(i, c))
            .Concat(Enumerable.Range(0, text.Length - 1).Select(i => $"{text[..i]}{text[i + 1]}{text[i]}{text[(i + 2)..]}"));
        var forged = 0;
        foreach (var change in changes)
        {
            if (!EmailAddress.TryParse(change, out var address))
                continue;
            switch (Rewriter.Read(address, Noon))
            {
                case SrsReading.Decoded decoded:
                    // Another case, or another separator behind SRS0: the same address.
                    Assert.Equal(sender, decoded.Address.ToString(), ignoreCase: true);
                    break;
                case SrsReading.Forged:
                    forged++;
                    break;
                case SrsReading.Expired:
                    Assert.Fail($"{change} counts as signed");
                    break;
            }
        }
        Assert.InRange(forged, 1000, int.MaxValue);
    }

    [Theory]
    [InlineData("bob@ours.test", "NotSrs")]
    [InlineData("SRS@ours.test", "NotSrs")]
    [InlineData("SRS0@ours.test", "NotSrs")]
    [InlineData("SRS0.x@ours.test", "NotSrs")]
    [InlineData("SRS0x=y@ours.test", "NotSrs")]
    [InlineData("SRS0=a=b=c=d@other.test", "NotSrs")]
    [InlineData("SRS0=@ours.test", "Forged")]
    [InlineData("SRS0==@ours.test", "Forged")]
    [InlineData("SRS0====@ours.test", "Forged")]
    [InlineData("SRS1=a@ours.test", "Forged")]
    [InlineData("SRS1=a=b@ours.test", "Forged")]
    [InlineData("SRS0=AAAAAA=AA=far.test=bob@ours.test", "Forged")]
    public void Other_addresses_are_told_apart(string recipient, string expected) =>
        Assert.Equal(expected, Rewriter.Read(EmailAddress.Parse(recipient), Noon).GetType().Name);

    [Fact]
    public void Keys_rotate()
    {
        var old = Rewrite("bob@far.test");
        var both = new Srs(Ours, [NewKey, Key]);
        var signed = Assert.IsType<SrsRewriting.Rewritten>(both.Rewrite(EmailAddress.Parse("bob@far.test"), null, Noon)).Address;
        Assert.NotEqual(old, signed);
        Assert.IsType<SrsReading.Decoded>(both.Read(old, Noon));
        Assert.IsType<SrsReading.Decoded>(both.Read(signed, Noon));
        Assert.IsType<SrsReading.Decoded>(new Srs(Ours, [NewKey]).Read(signed, Noon));
        Assert.IsType<SrsReading.Forged>(new Srs(Ours, [NewKey]).Read(old, Noon));
        Assert.IsType<SrsReading.Forged>(Rewriter.Read(signed, Noon));
    }

    [Fact]
    public void It_does_not_sign_without_a_good_key()
    {
        Assert.Throws<ArgumentException>(() => new Srs(Ours, []));
        Assert.Throws<ArgumentException>(() => new Srs(Ours, [Key, Key[..15]]));
    }

    private static IEnumerable<string> Printable => Enumerable.Range(' ', '~' - ' ' + 1).Select(c => ((char)c).ToString());

    private static EmailAddress Rewrite(string sender) =>
        Assert.IsType<SrsRewriting.Rewritten>(Rewriter.Rewrite(EmailAddress.Parse(sender), null, Noon)).Address;
}
