// Responses: what they say, and that none of them does harm.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;
using static MailFunctions.Rig.ResponseBuilder;

namespace MailFunctions.Unit.Dns;

public sealed class Responses
{
    private const string Own = "example.test";
    private static readonly string LongName = string.Join('.', Enumerable.Repeat(new string('x', 60), 4));
    private static readonly byte[] Address = [192, 0, 2, 1];

    private static byte[] Opt(params byte[] data) => [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    // The type asked for, the response, what it says.
    public static TheoryData<int, byte[], string> Rows => new()
    {
        // every type
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Build(), "192.0.2.1 at example.test for 60" },
        { Aaaa, Reading.To(RecordType.Aaaa).Answer(Own, Aaaa, 60, Hex("20010db8000000000000000000000001")).Build(), "2001:db8::1 at example.test for 60" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, MxData(10, "MX.example.test")).Answer(Own, Mx, 30, MxData(65535, "b.test")).Build(), "10 mx.example.test, 65535 b.test at example.test for 30" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, MxData(0, "")).Build(), "0 . at example.test for 60" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, TxtData("v=spf1 ", "", "-all")).Build(), "\"v=spf1 -all\" at example.test for 60" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, TxtData("")).Build(), "\"\" at example.test for 60" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, TxtData("\0\u00ff\u00c3\u00a4")).Build(), "\"\0\u00ff\u00c3\u00a4\" at example.test for 60" },
        { Ptr, Reading.To(RecordType.Ptr).Answer(Own, Ptr, 60, Name("host.test")).Build(), "host.test at example.test for 60" },
        { Cname, Reading.To(RecordType.Cname).Answer(Own, Cname, 60, Name("other.test")).Answer("other.test", Cname, 60, Name("third.test")).Build(), "other.test at example.test for 60" },
        { Srv, Reading.To(RecordType.Srv).Answer(Own, Srv, 60, SrvData(0, 65535, 465, "Mail.test")).Build(), "0 65535 465 mail.test at example.test for 60" },
        { Srv, Reading.To(RecordType.Srv).Answer(Own, Srv, 60, SrvData(0, 0, 0, "")).Build(), "0 0 0 . at example.test for 60" },
        { Tlsa, Reading.To(RecordType.Tlsa).Answer(Own, Tlsa, 60, [3, 1, 1, 0xab, 0xcd]).Build(), "3 1 1 abcd at example.test for 60" },
        { Tlsa, Reading.To(RecordType.Tlsa).Answer(Own, Tlsa, 60, [3, 1, 1]).Build(), "3 1 1  at example.test for 60" },

        // time to live
        { A, Reading.To(RecordType.A).Answer(Own, A, 0, Address).Build(), "192.0.2.1 at example.test for 0" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 0x7fffffff, Address).Build(), "192.0.2.1 at example.test for 86400" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 0x80000000, Address).Build(), "192.0.2.1 at example.test for 0" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 0xffffffff, Address).Build(), "192.0.2.1 at example.test for 0" },

        // flags
        { A, Reading.To(RecordType.A).Set(0x0020).Answer(Own, A, 60, Address).Build(), "192.0.2.1 at example.test for 60 authenticated" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Answer(Own, A, 60, Address).Build(), "192.0.2.1 at example.test for 60" },

        // names outside the chain, and what nobody asked for
        { A, Reading.To(RecordType.A).Answer("other.test", A, 60, Address).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Answer("other.test", A, 60, Address).Answer(Own, A, 60, [192, 0, 2, 2]).Build(), "192.0.2.2 at example.test for 60" },
        { A, Reading.To(RecordType.A).Additional(Own, A, 60, Address).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Authority(Own, A, 60, Address).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Answer(Own, Aaaa, 60, new byte[16]).Build(), "no data for 0" },
        { Mx, Reading.To(RecordType.Mx).Answer("EXAMPLE.test", Mx, 60, MxData(1, "a.test")).Build(), "1 a.test at example.test for 60" },
        { A, Reading.To(RecordType.A).Count(6, 1).Raw([.. Name(Own), 0, 1, 0, 3, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4]).Build(), "no data for 0" }, // class CHAOS

        // aliases
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name("b.test")).Answer("b.test", A, 30, Address).Build(), "192.0.2.1 at b.test for 30" },
        { A, Reading.To(RecordType.A).Answer("b.test", A, 60, Address).Answer(Own, Cname, 30, Name("b.test")).Build(), "192.0.2.1 at b.test for 30" },
        { A, Reading.To(RecordType.A).Set(0x0020).Answer(Own, Cname, 60, Name("b.test")).Build(), "alias of b.test after 1 for 60 authenticated" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name("b.test")).Answer("c.test", A, 60, Address).Build(), "alias of b.test after 1 for 60" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name("b.test")).Authority("test", Soa, 40, SoaData(20)).Build(), "no data for 20" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name("b.test")).Authority("example.test", Soa, 40, SoaData(20)).Build(), "alias of b.test after 1 for 60" },
        { A, Reading.To(RecordType.A).Code(3).Answer(Own, Cname, 60, Name("b.test")).Build(), "no such name for 0" },
        { A, Reading.To(RecordType.A).Code(3).Answer(Own, Cname, 60, Name("b.test")).Authority("b.test", Soa, 40, SoaData(90)).Build(), "no such name for 40" },
        { A, Reading.To(RecordType.A).Code(3).Clear(0x0080).Set(0x0400).Answer(Own, Cname, 60, Name("b.test")).Build(), "alias of b.test after 1 for 60" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name(Own)).Build(), "TooManyAliases" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, Name("b.test")).Answer("b.test", Cname, 60, Name(Own)).Build(), "TooManyAliases" },

        // there is nothing
        { A, Reading.To(RecordType.A).Authority("test", Soa, 600, SoaData(300)).Build(), "no data for 300" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 200, SoaData(300)).Build(), "no data for 200" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 0xffffffff, SoaData(300)).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 86400, SoaData(86400)).Build(), "no data for 3600" },
        { A, Reading.To(RecordType.A).Authority("", Soa, 86400, SoaData(86400)).Build(), "no data for 3600" },
        { A, Reading.To(RecordType.A).Authority("other.test", Soa, 600, SoaData(300)).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Code(3).Set(0x0020).Authority("test", Soa, 600, SoaData(300)).Build(), "no such name for 300 authenticated" },
        { A, Reading.To(RecordType.A).Code(3).Build(), "no such name for 0" },
        { A, Reading.To(RecordType.A).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Set(0x0400).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Set(0x0400).Authority("test", Ns, 60, Name("ns.test")).Build(), "no data for 0" },

        // it is not known
        { A, Reading.To(RecordType.A).Code(1).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Code(2).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Code(2).Answer(Own, A, 60, Address).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Code(4).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Code(5).Build(), "Refused" },
        { A, Reading.To(RecordType.A).Code(6).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Code(15).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Build(), "Lame" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Code(3).Build(), "Lame" },
        { A, Reading.To(RecordType.A).Clear(0x0080).Authority("test", Ns, 60, Name("ns.test")).Build(), "Lame" },
        { A, Reading.To(RecordType.A).Authority("test", Ns, 60, Name("ns.test")).Build(), "Lame" },
        { A, Reading.To(RecordType.A).Code(3).Answer(Own, A, 60, Address).Build(), "Malformed" },

        // EDNS
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(10, 1).Raw(Opt()).Build(), "192.0.2.1 at example.test for 60" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(10, 1).Raw(Opt(0, 10, 0, 2, 1, 2)).Build(), "192.0.2.1 at example.test for 60" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(10, 1).Raw(Opt(0, 10, 0xff, 0xff)).Build(), "192.0.2.1 at example.test for 60" },
        { A, Reading.To(RecordType.A).Additional("", ResponseBuilder.Opt, 0x01000000, []).Build(), "ServerFailed" }, // BADVERS, whose lower bits are "no error"
        { A, Reading.To(RecordType.A).Code(3).Additional("", ResponseBuilder.Opt, 0x01000000, []).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Additional("", ResponseBuilder.Opt, 0xff000000, []).Build(), "ServerFailed" },
        { A, Reading.To(RecordType.A).Additional("", ResponseBuilder.Opt, 0x00ff8000, []).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Count(10, 2).Raw([.. Opt(), .. Opt()]).Build(), "no message" },
        { A, Reading.To(RecordType.A).Additional("a", ResponseBuilder.Opt, 0, []).Build(), "no message" },
        { A, Reading.To(RecordType.A).Count(6, 1).Raw(Opt()).Build(), "no message" },
        { A, Reading.To(RecordType.A).Count(8, 1).Raw(Opt()).Build(), "no message" },

        // counts and lengths that lie
        { A, Reading.To(RecordType.A).Count(6, 1).Build(), "no message" },
        { A, Reading.To(RecordType.A).Count(8, 1).Build(), "no message" },
        { A, Reading.To(RecordType.A).Count(10, 65535).Build(), "no message" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(6, 65535).Build(), "no message" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(6, 0).Build(), "no data for 0" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Count(4, 2).Build(), "no message" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Raw(1, 2, 3).Build(), "192.0.2.1 at example.test for 60" },
        { A, Reading.To(RecordType.A).Count(6, 1).Raw([.. Name(Own), 0, 1, 0, 1, 0, 0, 0, 60, 0, 5, 1, 2, 3, 4]).Build(), "no message" },
        { A, Reading.To(RecordType.A).Count(6, 1).Raw([.. Name(Own), 0, 1, 0, 1, 0, 0, 0, 60, 0xff, 0xff, 1, 2, 3, 4]).Build(), "no message" },

        // data too short or too long for its type
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, []).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, [1, 2, 3]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, [1, 2, 3, 4, 5]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Answer(Own, A, 60, Address).Answer(Own, A, 60, [1]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Answer("other.test", A, 60, [1]).Answer(Own, A, 60, Address).Build(), "192.0.2.1 at example.test for 60" },
        { A, Reading.To(RecordType.A).Answer(Own, Cname, 60, []).Build(), "Malformed" },
        { Aaaa, Reading.To(RecordType.Aaaa).Answer(Own, Aaaa, 60, new byte[15]).Build(), "Malformed" },
        { Aaaa, Reading.To(RecordType.Aaaa).Answer(Own, Aaaa, 60, new byte[17]).Build(), "Malformed" },
        { Aaaa, Reading.To(RecordType.Aaaa).Answer(Own, Aaaa, 60, Address).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, []).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10, 1]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10]).Raw(Name("behind.test")).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [.. MxData(10, "a.test"), 0]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10, 0xc0, 12]).Build(), "10 example.test at example.test for 60" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10, 0xc0]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10, 0xc0, 0xff]).Build(), "Malformed" },
        { Mx, Reading.To(RecordType.Mx).Answer(Own, Mx, 60, [0, 10, 0xff, 0xff]).Build(), "Malformed" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, []).Build(), "Malformed" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, [1]).Build(), "Malformed" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, [1, 65, 2, 66]).Build(), "Malformed" },
        { Txt, Reading.To(RecordType.Txt).Answer(Own, Txt, 60, [255, 65]).Build(), "Malformed" },
        { Ptr, Reading.To(RecordType.Ptr).Answer(Own, Ptr, 60, []).Build(), "Malformed" },
        { Ptr, Reading.To(RecordType.Ptr).Answer(Own, Ptr, 60, [0, 0]).Build(), "Malformed" },
        { Tlsa, Reading.To(RecordType.Tlsa).Answer(Own, Tlsa, 60, [3, 1]).Build(), "Malformed" },
        { Srv, Reading.To(RecordType.Srv).Answer(Own, Srv, 60, [0, 0, 0, 0, 0, 1]).Build(), "Malformed" },
        { Srv, Reading.To(RecordType.Srv).Answer(Own, Srv, 60, [0, 0, 0, 0, 0]).Build(), "Malformed" },
        { Srv, Reading.To(RecordType.Srv).Answer(Own, Srv, 60, [.. SrvData(1, 1, 1, "a.test"), 0]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 60, SoaData(1)[..^1]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 60, [.. SoaData(1), 0]).Build(), "Malformed" },
        { A, Reading.To(RecordType.A).Authority("test", Soa, 60, []).Build(), "Malformed" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void DN_03_DN_07_DN_08_a_response_says_what_is_known_and_nothing_else(int type, byte[] message, string expected) => Assert.Equal(expected, Reading.Say(type, message));

    [Theory]
    [MemberData(nameof(Rows))]
    public void DN_03_a_response_cut_or_changed_anywhere_costs_nothing_but_itself(int type, byte[] message, string expected)
    {
        _ = (type, expected);
        Reading.SurviveDamage(message);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_response_cut_short_says_the_same_or_nothing(int type, byte[] message, string expected)
    {
        for (var length = 0; length < message.Length; length++)
            Assert.Contains(Reading.Say(type, message[..length]), new[] { expected, "no message" });
    }

    [Theory]
    [InlineData(11, "192.0.2.1 at n11.test for 60")]
    [InlineData(12, "TooManyAliases")]
    [InlineData(40, "TooManyAliases")]
    public void DN_04_eleven_aliases_are_followed_in_one_response(int aliases, string expected)
    {
        var response = Reading.To(RecordType.A, "n0.test");
        for (var i = aliases; i > 0; i--)
            response.Answer($"n{i - 1}.test", Cname, 60, Name($"n{i}.test"));
        response.Answer($"n{aliases}.test", A, 60, Address);
        Assert.Equal(expected, Reading.Say(A, response.Build(), "n0.test"));
    }

    [Fact]
    public void DN_05_of_a_thousand_mail_exchanges_the_hundred_most_wanted_stay()
    {
        var response = Reading.To(RecordType.Mx);
        for (var i = 1000; i > 0; i--)
            response.Answer(Own, Mx, 60, MxData(i / 10 * 10, $"mx{i}.test"));
        Assert.True(Response.TryRead(response.Build(), out var read));
        var found = Assert.IsType<Step<MxRecord>.Found>(Step.Of<MxRecord>(read, DnsName.Parse(Own), 1));
        Assert.Equal(Resolver.MaxRecords, found.Records.Count);
        Assert.Equal(0, found.Records[0].Preference);
        Assert.Equal("mx9.test", found.Records[0].Exchange.Text);
        Assert.Equal(100, found.Records[^1].Preference);
    }

    [Fact]
    public void DN_05_of_a_thousand_addresses_the_first_hundred_stay()
    {
        var response = Reading.To(RecordType.A);
        for (var i = 0; i < 1000; i++)
            response.Answer(Own, A, 60, [10, 0, (byte)(i >> 8), (byte)i]);
        Assert.True(Response.TryRead(response.Build(), out var read));
        var found = Assert.IsType<Step<ARecord>.Found>(Step.Of<ARecord>(read, DnsName.Parse(Own), 1));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"10.0.0.{i}"), found.Records.Select(record => record.Address.ToString()));
    }

    public static TheoryData<string, byte[]> Giants => new()
    {
        { "64 KiB of pointers to pointers", [.. new byte[7], 1, 0, 0, 0, 0, .. Enumerable.Range(0, 32_700).SelectMany(i => new byte[] { 0xc0, (byte)(i * 2) })] },
        { "6,000 records at the root", Giant([0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 0]) },
        { "5,000 records at a long name", Giant([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 1, 7]) },
        { "3,600 aliases of the name", Giant([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12]) },
        { "5,000 starts of zones", Giant([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 9, 0, 1, 0], place: 8) },
    };

    [Theory]
    [MemberData(nameof(Giants))]
    public void The_largest_messages_are_read_to_their_end(string what, byte[] message)
    {
        Assert.NotEmpty(what);
        Assert.True(message.Length <= 65_535);
        Reading.SurviveAll(message, LongName);
    }

    [Fact]
    public void Noise_is_survived()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var message = new byte[random.Next(200)];
            random.NextBytes(message);
            if (i % 2 == 0 && message.Length > 12)
                ResponseBuilder.Hex("1234 8180 0001 0003 0001 0001").CopyTo(message, 0);
            Reading.SurviveAll(message);
        }
    }

    private static byte[] Giant(byte[] record, int place = 6)
    {
        var response = Reading.To(RecordType.A, LongName).Build();
        var count = (65_535 - response.Length) / record.Length;
        return [.. response[..place], (byte)(count >> 8), (byte)count, .. response[(place + 2)..], .. Enumerable.Repeat(record, count).SelectMany(octets => octets)];
    }
}
