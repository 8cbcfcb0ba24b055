// The hot path of questions to name servers and what they answer.
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Answers as servers write them, with a pointer in place of each name that they have said already.</summary>
[MemoryDiagnoser]
public class DnsMessages
{
    private const int Exchanges = 5;

    private static readonly byte[] Question = [0xc0, 12]; // RFC 1035 4.1.4: the name behind the header

    private readonly DnsName _name = DnsName.Parse("mail.far.test");
    private Query _mx = null!;
    private Query _txt = null!;
    private byte[] _exchanges = [];
    private byte[] _policy = [];
    private byte[] _nothing = [];

    /// <summary>Makes questions and answers, and sees that each says what it is meant to say.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _mx = (Query)Write();
        _txt = Query.WithEdns(_name, RecordType.Txt, RandomNumberGenerator.Fill);
        byte[] opt = [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];
        var mx = Enumerable.Range(1, Exchanges)
            .SelectMany(i => Record(RecordType.Mx, [0, (byte)(10 * i), 3, (byte)'m', (byte)'x', (byte)('0' + i), .. Question]));
        _exchanges = To(_mx).Raw([.. mx, .. opt]).Count(6, Exchanges).Count(10, 1).Build();
        var text = "v=spf1 include:_spf.far.test include:_netblocks.other.test ip4:192.0.2.0/24 ip4:198.51.100.0/24 ip6:2001:db8::/32 a mx ~all";
        _policy = To(_txt).Raw([.. Record(RecordType.Txt, ResponseBuilder.TxtData(text)), .. opt]).Count(6, 1).Count(10, 1).Build();
        byte[] start = [2, (byte)'n', (byte)'s', .. Question, 10, .. "hostmaster"u8, .. Question, .. new byte[20]]; // a name, a name, five numbers
        _nothing = To(_mx).Code(3).Raw([.. Record(RecordType.Soa, start), .. opt]).Count(8, 1).Count(10, 1).Build();
        Checked.Is(Exchanges, (Exchange() as Step<MxRecord>.Found)?.Records.Count);
        Checked.Is(text, Policy() is Step<TxtRecord>.Found found ? Encoding.Latin1.GetString(found.Records[0].Octets.Span) : null);
        Checked.Is(false, (Nothing() as Step<MxRecord>.Nothing)?.NameExists);
    }

    /// <summary>A question with EDNS and a name in mixed case.</summary>
    [Benchmark(Description = "write a question")]
    public object Write() => Query.WithEdns(_name, RecordType.Mx, RandomNumberGenerator.Fill);

    /// <summary>Five mail exchanges.</summary>
    [Benchmark(Description = "read 5 MX")]
    public object? Exchange() => Read<MxRecord>(_mx, _exchanges);

    /// <summary>A sender policy.</summary>
    [Benchmark(Description = "read TXT of SPF")]
    public object? Policy() => Read<TxtRecord>(_txt, _policy);

    /// <summary>A name that does not exist, and how long that holds.</summary>
    [Benchmark(Description = "read NXDOMAIN")]
    public object? Nothing() => Read<MxRecord>(_mx, _nothing);

    private Step<TRecord>? Read<TRecord>(Query query, byte[] message)
        where TRecord : class, IRecord<TRecord> =>
        query.Compare(message) == Echo.Exact && Response.TryRead(message, out var response) ? Step.Of<TRecord>(response, _name, aliasesLeft: 8) : null;

    private static ResponseBuilder To(Query query) => new(query.Octets.Span);

    // At the name of the question, for an hour.
    private static byte[] Record(RecordType type, byte[] data) =>
        [.. Question, 0, (byte)type, 0, 1, 0, 0, 14, 16, (byte)(data.Length >> 8), (byte)data.Length, .. data];
}
