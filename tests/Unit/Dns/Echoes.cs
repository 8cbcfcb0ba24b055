// Questions as they are written, and what is taken for a response to one.
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class Echoes
{
    private static void Zeros(Span<byte> octets) => octets.Clear();

    private static void Ones(Span<byte> octets) => octets.Fill(0xff);

    [Fact]
    public void A_question_asks_for_recursion_authentication_and_1232_octets()
    {
        var query = Query.WithEdns(DnsName.Parse("mx.Test"), RecordType.Mx, Zeros);
        Assert.Equal("0000 0120 0001 0000 0000 0001  026d78 0474657374 00 000f 0001  00 0029 04d0 00000000 0000".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(query.Octets.Span));
    }

    [Fact]
    public void A_question_without_EDNS_is_that_of_RFC_1035()
    {
        var query = Query.WithoutEdns(DnsName.Parse("mx.test"), RecordType.Tlsa, Ones);
        Assert.Equal("ffff 0120 0001 0000 0000 0000  024d58 0454455354 00 0034 0001".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(query.Octets.Span));
    }

    [Fact]
    public void The_longest_name_fits_and_only_letters_change_their_case()
    {
        var label = string.Concat(Enumerable.Repeat(@"\255", 63));
        var query = Query.WithEdns(DnsName.Parse($"{label}.{label}.{label}.{label[..(4 * 61)]}"), RecordType.A, Ones);
        Assert.Equal(12 + 255 + 4 + 11, query.Octets.Length);
        Assert.Equal(4 * 63 - 2, query.Octets.Span.Count((byte)0xff) - 2);
    }

    public static TheoryData<string, Func<ResponseBuilder, ResponseBuilder>, int> Rows => new()
    {
        { "the response", r => r, (int)Echo.Exact },
        { "with records", r => r.Answer("mx.test", ResponseBuilder.A, 1, [1, 2, 3, 4]), (int)Echo.Exact },
        { "next id", r => r.ShiftId(1), (int)Echo.None },
        { "id with octets swapped", r => r.ShiftId(0x3412 - 0x1234), (int)Echo.None },
        { "a question", r => r.Clear(0x8000), (int)Echo.None },
        { "a notification", r => r.Set(0x2000), (int)Echo.None },
        { "an inverse query", r => r.Set(0x0800), (int)Echo.None },
        { "no question", r => r.Question((byte[]?)null), (int)Echo.None },
        { "no question, format error", r => r.Question((byte[]?)null).Code(1), (int)Echo.Exact },
        { "no question, not implemented", r => r.Question((byte[]?)null).Code(4), (int)Echo.Exact },
        { "no question, refused", r => r.Question((byte[]?)null).Code(5), (int)Echo.None },
        { "no question, no such name", r => r.Question((byte[]?)null).Code(3), (int)Echo.None },
        { "two questions counted", r => r.Count(4, 2), (int)Echo.None },
        { "other type", r => r.Question([.. ResponseBuilder.Name("mx.test"), 0, 16, 0, 1]), (int)Echo.None },
        { "type in lower case", r => r.Question([.. ResponseBuilder.Name("mx.test"), 0, 15 ^ 0x20, 0, 1]), (int)Echo.None },
        { "other class", r => r.Question([.. ResponseBuilder.Name("mx.test"), 0, 15, 0, 3]), (int)Echo.None },
        { "other name", r => r.Question([.. ResponseBuilder.Name("my.test"), 0, 15, 0, 1]), (int)Echo.None },
        { "name below", r => r.Question([.. ResponseBuilder.Name("a.mx.test"), 0, 15, 0, 1]), (int)Echo.None },
        { "shorter name", r => r.Question([.. ResponseBuilder.Name("test"), 0, 15, 0, 1]), (int)Echo.None },
        { "other case", r => r.Question(octet => octet == 'm' ? (byte)'M' : octet), (int)Echo.OtherCase },
        { "all in upper case", r => r.Question([.. ResponseBuilder.Name("MX.TEST"), 0, 15, 0, 1]), (int)Echo.OtherCase },
        { "name that differs in the case bit of no letter", r => r.Question(octet => octet == 2 ? (byte)(2 ^ 0x20) : octet), (int)Echo.None },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void DN_01_only_a_response_to_the_question_is_heard(string what, Func<ResponseBuilder, ResponseBuilder> change, int expected)
    {
        var query = Query.WithEdns(DnsName.Parse("mx.test"), RecordType.Mx, octets => { octets.Clear(); octets[0] = 0x12; if (octets.Length == 2) octets[1] = 0x34; else octets[0] = 0; });
        Assert.Equal(0x1234, query.Id);
        var message = change(new ResponseBuilder(query.Octets.Span)).Build();
        Assert.True((int)query.Compare(message) == expected, what);
    }

    [Fact]
    public void DN_01_of_a_million_forged_replies_that_know_the_question_but_neither_id_nor_case_none_is_heard()
    {
        var random = new Random(1);
        var query = Query.WithEdns(DnsName.Parse("exchangers.example.test"), RecordType.Mx, random.NextBytes);
        var forged = new ResponseBuilder(query.Octets.Span).Answer("exchangers.example.test", ResponseBuilder.A, 60, [1, 2, 3, 4]).Build();
        var name = forged.AsSpan(12, 25).ToArray();
        for (var number = 0; number < 1_000_000; number++)
        {
            var id = random.Next(65_535);
            id += id >= query.Id ? 1 : 0; // every id but the true one
            (forged[0], forged[1]) = ((byte)(id >> 8), (byte)id);
            for (var at = 0; at < name.Length; at++)
                forged[12 + at] = char.IsAsciiLetter((char)name[at]) ? (byte)(name[at] ^ (random.Next(2) << 5)) : name[at];
            Assert.Equal(Echo.None, query.Compare(forged));
        }
    }

    [Fact]
    public void A_response_cut_before_the_end_of_its_question_is_none()
    {
        var query = Query.WithEdns(DnsName.Parse("mx.test"), RecordType.Mx, Zeros);
        var message = new ResponseBuilder(query.Octets.Span).Build();
        for (var length = 0; length < message.Length; length++)
            Assert.Equal(Echo.None, query.Compare(message.AsSpan(0, length)));
        Assert.Equal(Echo.Exact, query.Compare(message));
    }
}
