// What is remembered, for how long, and how much.
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Dns;

public sealed class Remembering
{
    private const int A = ResponseBuilder.A, Soa = ResponseBuilder.Soa;

    private readonly FakeTime _time = new();

    private static ResponseBuilder To(Query query) => new(query.Octets.Span);

    private static readonly DnsName Name = DnsName.Parse("example.test");

    public static TheoryData<string, Func<ResponseBuilder, ResponseBuilder>, int> Times => new()
    {
        { "an address for a minute", r => r.Answer("example.test", A, 60, [1, 2, 3, 4]), 60 },
        { "the shortest of two", r => r.Answer("example.test", A, 60, [1, 2, 3, 4]).Answer("example.test", A, 20, [1, 2, 3, 5]), 20 },
        { "the alias's", r => r.Answer("example.test", ResponseBuilder.Cname, 10, ResponseBuilder.Name("b.test")).Answer("b.test", A, 60, [1, 2, 3, 4]), 10 },
        { "a day at most", r => r.Answer("example.test", A, 864000, [1, 2, 3, 4]), 86400 },
        { "only for now", r => r.Answer("example.test", A, 0, [1, 2, 3, 4]), 0 },
        { "the top bit", r => r.Answer("example.test", A, 0x80000001, [1, 2, 3, 4]), 0 },
        { "no data", r => r.Authority("test", Soa, 300, ResponseBuilder.SoaData(100)), 100 },
        { "no such name", r => r.Code(3).Authority("test", Soa, 300, ResponseBuilder.SoaData(400)), 300 },
        { "no such name for an hour at most", r => r.Code(3).Authority("test", Soa, 86400, ResponseBuilder.SoaData(86400)), 3600 },
        { "nothing, and no start of zone", r => r, 0 },
        { "nothing, and another zone's start", r => r.Authority("other", Soa, 300, ResponseBuilder.SoaData(400)), 0 },
        { "failure", r => r.Code(2), 0 },
        { "failure with a start of zone", r => r.Code(2).Authority("test", Soa, 300, ResponseBuilder.SoaData(400)), 0 },
        { "refusal", r => r.Code(5), 0 },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task DN_09_an_answer_is_remembered_as_long_as_it_says(string what, Func<ResponseBuilder, ResponseBuilder> answer, int seconds)
    {
        var network = new ScriptedNetwork(_time, (_, query) => answer(To(query)).Build());
        var resolver = network.Resolver();
        var first = await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        if (seconds > 0)
        {
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            var second = await resolver.QueryAsync<ARecord>(DnsName.Parse("EXAMPLE.test."), CancellationToken.None);
            Assert.Equal(first.GetType(), second.GetType());
            Assert.Single(network.Asked);
            if (second is Answer<ARecord>.Found found)
                Assert.Equal(TimeSpan.FromSeconds(1), found.Ttl);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        Assert.True(network.Asked.Count == 2, what);
    }

    [Fact]
    public async Task Silence_is_not_remembered()
    {
        var isSilent = true;
        var network = new ScriptedNetwork(_time, (_, query) => isSilent ? null : To(query).Answer("example.test", A, 60, [1, 2, 3, 4]).Build());
        var resolver = network.Resolver();
        var asking = resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        await _time.RunAsync(asking);
        Assert.IsType<Answer<ARecord>.Unavailable>(await asking);
        Assert.Equal(0, resolver.Remembered);
        isSilent = false;
        Assert.IsType<Answer<ARecord>.Found>(await resolver.QueryAsync<ARecord>(Name, CancellationToken.None));
    }

    [Fact]
    public async Task Types_of_one_name_are_remembered_apart()
    {
        var network = new ScriptedNetwork(_time, (_, query) => query.Type == RecordType.A
            ? To(query).Answer("example.test", A, 60, [1, 2, 3, 4]).Build()
            : To(query).Authority("test", Soa, 60, ResponseBuilder.SoaData(60)).Build());
        var resolver = network.Resolver();
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<Answer<ARecord>.Found>(await resolver.QueryAsync<ARecord>(Name, CancellationToken.None));
            Assert.IsType<Answer<AaaaRecord>.NoData>(await resolver.QueryAsync<AaaaRecord>(Name, CancellationToken.None));
        }
        Assert.Equal(["1 example.test A", "1 example.test Aaaa"], network.Asked);
    }

    [Fact]
    public async Task Equal_questions_at_the_same_time_are_asked_once()
    {
        var gate = new TaskCompletionSource();
        var network = new ScriptedNetwork(_time, (_, query) => To(query).Answer("example.test", A, 0, [1, 2, 3, 4]).Build()) { Gate = gate.Task };
        var resolver = network.Resolver();
        using var impatient = new CancellationTokenSource();
        var first = resolver.QueryAsync<ARecord>(Name, impatient.Token);
        var all = Enumerable.Range(0, 100).Select(_ => resolver.QueryAsync<ARecord>(Name, CancellationToken.None)).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        foreach (var answer in await Task.WhenAll(all))
            Assert.IsType<Answer<ARecord>.Found>(answer);
        Assert.Single(network.Asked);
        await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        Assert.Equal(2, network.Asked.Count);
    }

    [Fact]
    public async Task A_transport_that_breaks_leaves_nothing_behind()
    {
        var isBroken = true;
        var network = new ScriptedNetwork(_time, (_, query) => isBroken ? throw new InvalidOperationException("A bug.") : To(query).Answer("example.test", A, 60, [1, 2, 3, 4]).Build());
        var resolver = network.Resolver();
        await Assert.ThrowsAsync<InvalidOperationException>(() => resolver.QueryAsync<ARecord>(Name, CancellationToken.None));
        isBroken = false;
        Assert.IsType<Answer<ARecord>.Found>(await resolver.QueryAsync<ARecord>(Name, CancellationToken.None));
    }

    [Fact]
    public async Task DN_09_a_flood_of_names_is_not_remembered_beyond_the_bound()
    {
        var network = new ScriptedNetwork(_time, (_, query) => To(query).Code(3).Authority("test", Soa, 60, ResponseBuilder.SoaData(60)).Build());
        var resolver = network.Resolver(configure: options => options.CacheEntries = 100);
        for (var i = 0; i < 1000; i++)
        {
            await resolver.QueryAsync<ARecord>(DnsName.Parse($"n{i}.test"), CancellationToken.None);
            Assert.InRange(resolver.Remembered, 1, 100);
        }
        await resolver.QueryAsync<ARecord>(DnsName.Parse("n999.test"), CancellationToken.None);
        Assert.Equal(1000, network.Asked.Count);
    }

    [Fact]
    public void What_ends_soonest_goes_first()
    {
        var cache = new AnswerCache(_time, 8);
        for (var i = 0; i < 8; i++)
            cache.Keep(DnsName.Parse($"n{i}.test"), RecordType.A, new Answer<ARecord>.NoData(false), TimeSpan.FromSeconds(100 - i), 10);
        cache.Keep(DnsName.Parse("n8.test"), RecordType.A, new Answer<ARecord>.NoData(false), TimeSpan.FromSeconds(1), 10);
        Assert.Equal([0, 1, 2, 3, 4, 8], Enumerable.Range(0, 9).Where(i => cache.Find<ARecord>(DnsName.Parse($"n{i}.test"), RecordType.A) is not null));
    }

    [Fact]
    public void DN_09_giant_answers_are_bounded_in_octets()
    {
        var cache = new AnswerCache(_time, 10_000);
        for (var i = 0; i < 2_000; i++)
        {
            cache.Keep(DnsName.Parse($"n{i}.test"), RecordType.Txt, new Answer<TxtRecord>.NoData(false), TimeSpan.FromHours(1), 65_535);
            Assert.InRange(cache.Octets, 1, 32 * 1024 * 1024);
        }
        Assert.InRange(cache.Count, 300, 520);
        for (var i = 0; i < 2_000; i++)
            cache.Keep(DnsName.Parse($"n{i}.test"), RecordType.Txt, new Answer<TxtRecord>.NoData(false), TimeSpan.Zero, 65_535);
        Assert.Equal((0, 0L), (cache.Count, cache.Octets));
    }

    [Fact]
    public async Task Nothing_is_remembered_where_there_is_no_room()
    {
        var network = new ScriptedNetwork(_time, (_, query) => To(query).Answer("example.test", A, 60, [1, 2, 3, 4]).Build());
        var resolver = network.Resolver(configure: options => options.CacheEntries = 0);
        await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        await resolver.QueryAsync<ARecord>(Name, CancellationToken.None);
        Assert.Equal(2, network.Asked.Count);
    }
}
