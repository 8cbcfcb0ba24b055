// The small nouns: spool ids, work items, trace fields, verifiers.
using System.Net;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class Records
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 5, TimeSpan.Zero);
    private static readonly SpoolId Id = Read("01890a5d-ac96-774b-bcce-b302099a8057".Replace("-", "", StringComparison.Ordinal));

    [Fact]
    public void A_spool_id_is_a_version_7_uuid_of_its_time()
    {
        var id = SpoolId.New(new StoppedClock(Noon));
        var guid = Guid.ParseExact(id.Text, "N");
        Assert.Equal((7, true), (guid.Version, guid.Variant is >= 8 and <= 11));
        Assert.Equal(Noon, id.Time);
        Assert.NotEqual(id, SpoolId.New(new StoppedClock(Noon)));
        Assert.True(id < SpoolId.New(new StoppedClock(Noon.AddMilliseconds(1))));
    }

    [Theory]
    [InlineData("01890a5dac96774bbcceb302099a8057", true)]
    [InlineData("01890A5DAC96774BBCCEB302099A8057", false)]
    [InlineData("01890a5dac96474bbcceb302099a8057", false)] // version 4
    [InlineData("01890a5dac96774bbcceb302099a805", false)]
    [InlineData("01890a5dac96774bbcceb302099a80570", false)]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", false)]
    [InlineData("../spool/xxxxxxxxxxxxxxxxxxxxxxxx", false)]
    [InlineData("", false)]
    public void A_spool_id_is_read_strictly(string text, bool good) => Assert.Equal(good, SpoolId.TryParse(text, out _));

    [Fact]
    public void Prefixes_cover_every_id_between_two_times()
    {
        for (var start = Noon; start < Noon.AddHours(10); start = start.AddMinutes(7))
        {
            var prefixes = SpoolId.PrefixesBetween(start.AddHours(-1), start).ToList();
            Assert.InRange(prefixes.Count, 1, 2);
            for (var time = start.AddHours(-1); time <= start; time = time.AddMinutes(3))
            {
                var text = SpoolId.New(new StoppedClock(time)).Text;
                Assert.Contains(prefixes, prefix => text.StartsWith(prefix, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("far.test", 0)]
    [InlineData("far.test", 3)]
    public void A_work_item_reads_back(string? destination, int poisoned)
    {
        var item = new WorkItem { Id = Id, Destination = destination, Poisoned = poisoned };
        Assert.Equal(new WorkItemReading.Item(item), WorkItem.Read(item.ToBytes()));
        for (var length = 0; length < item.ToBytes().Length; length++)
            Assert.IsType<WorkItemReading.Unreadable>(WorkItem.Read(item.ToBytes().AsSpan(0, length)));
    }

    [Theory]
    [InlineData("", "Unreadable")]
    [InlineData("rubbish", "Unreadable")]
    [InlineData("null", "Unreadable")]
    [InlineData("[]", "Unreadable")]
    [InlineData("{}", "Unreadable")]
    [InlineData("""{"v":1}""", "Unreadable")]
    [InlineData("""{"v":"1","id":"01890a5dac96774bbcceb302099a8057"}""", "Unreadable")]
    [InlineData("""{"v":1,"id":"x"}""", "Unreadable")]
    [InlineData("""{"v":1,"id":7}""", "Unreadable")]
    [InlineData("""{"id":"01890a5dac96774bbcceb302099a8057"}""", "Unreadable")]
    [InlineData("""{"v":2,"id":"01890a5dac96774bbcceb302099a8057"}""", "UnknownVersion")]
    [InlineData("""{"v":2,"anything":"else"}""", "UnknownVersion")]
    [InlineData("""{"v":1,"id":"01890a5dac96774bbcceb302099a8057","new":"field"}""", "Item")]
    public void Other_queue_texts_are_told_apart(string text, string kind) =>
        Assert.Equal(kind, WorkItem.Read(Encoding.UTF8.GetBytes(text)).GetType().Name);

    [Theory]
    [InlineData("192.0.2.1", "a@b.test", "Received: from c.test ([192.0.2.1])|\tby us.test with ESMTP id {id}|\tfor <a@b.test>;|\tTue, 3 Feb 2026 12:00:05 +0000|")]
    [InlineData("2001:db8::1", null, "Received: from c.test ([IPv6:2001:db8::1])|\tby us.test with ESMTP id {id};|\tTue, 3 Feb 2026 12:00:05 +0000|")]
    [InlineData("::ffff:192.0.2.1", null, "Received: from c.test ([192.0.2.1])|\tby us.test with ESMTP id {id};|\tTue, 3 Feb 2026 12:00:05 +0000|")]
    [InlineData(null, null, "Received: from c.test|\tby us.test with ESMTP id {id};|\tTue, 3 Feb 2026 12:00:05 +0000|")]
    public void A_trace_field_tells_who_and_when(string? client, string? recipient, string expected)
    {
        var trace = new ReceivedTrace(
            "c.test", client is null ? null : IPAddress.Parse(client), "us.test", "ESMTP", Id, recipient is null ? null : EmailAddress.Parse(recipient), Noon);
        Assert.Equal(
            expected.Replace("{id}", Id.Text, StringComparison.Ordinal).Replace("|", "\r\n", StringComparison.Ordinal), Encoding.ASCII.GetString(trace.ToBytes()));
    }

    // RFC 7677 3: user "user", password "pencil".
    [Fact]
    public void A_verifier_is_that_of_RFC_7677()
    {
        var verifier = new ScramVerifier
        {
            Salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="),
            Iterations = 4096,
            StoredKey = Convert.FromBase64String("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="),
            ServerKey = Convert.FromBase64String("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="),
        };
        Assert.True(verifier.Verify("pencil"u8));
        Assert.False(verifier.Verify("pencil "u8));
        Assert.False(verifier.Verify("Pencil"u8));
        Assert.False(verifier.Verify(""u8));
    }

    [Theory]
    [InlineData(" leading space")]
    [InlineData("p\u00e4ssw\u00f6rd")]
    [InlineData("x")]
    public void A_made_verifier_takes_its_password_and_no_other(string password)
    {
        var verifier = ScramVerifier.Create(password, iterations: 2);
        Assert.True(verifier.Verify(Encoding.UTF8.GetBytes(password)));
        Assert.False(verifier.Verify(Encoding.UTF8.GetBytes(password + "x")));
        Assert.NotEqual(verifier.Salt, ScramVerifier.Create(password, iterations: 2).Salt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Passwords_have_1_to_1024_octets(int length)
    {
        Assert.Throws<ArgumentException>(() => ScramVerifier.Create(new string('x', length)));
        Assert.False(ScramVerifier.Create("x", iterations: 1).Verify(new byte[length]));
    }

    private static SpoolId Read(string text)
    {
        Assert.True(SpoolId.TryParse(text, out var id));
        return id;
    }

    private sealed class StoppedClock(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
