// The ledger's JSON: all of it comes back, and what is damaged is told as that, however it is damaged.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class LedgerJsonTests
{
    private static readonly SpoolId Id = Sample.Id();
    private static readonly LedgerDestination[] NoRows = [];
    private static readonly LedgerRecipient[] NoRecipients = [];
    private static readonly OwedReport[] NoReports = [];
    private static readonly ReportedRecipient[] NobodyReported = [];
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    [Fact]
    public void Every_field_comes_back()
    {
        var ledger = Full();

        var found = Assert.IsType<LedgerReading.Found>(Interpret(LedgerJson.Write(ledger)));

        Assert.Equal("tag", found.Tag);
        Assert.Equal(Bare(ledger), Bare(found.Ledger));
        Assert.Equal(ledger.Destinations.Select(Bare), found.Ledger.Destinations.Select(Bare));
        Assert.Equal(ledger.Destinations.Select(row => row.Recipients), found.Ledger.Destinations.Select(row => row.Recipients));
        Assert.Equal(ledger.Owed.Select(Bare), found.Ledger.Owed.Select(Bare));
        Assert.Equal(ledger.Owed.Select(report => report.Recipients), found.Ledger.Owed.Select(report => report.Recipients));
        Assert.Equal(ledger.Next, found.Ledger.Next);
        Assert.Equal(ledger.Owed[1].IdFor(Id), found.Ledger.Owed[1].IdFor(Id));
    }

    [Theory]
    [InlineData(DestinationState.Held)]
    [InlineData(DestinationState.Due)]
    public void Every_state_comes_back(DestinationState state) =>
        Assert.Equal(state, ReadBack(new Ledger(Id, null, Time, [new LedgerDestination("x.test", state, [])])).Destinations[0].State);

    [Theory]
    [InlineData(MessageOrigin.Client)]
    [InlineData(MessageOrigin.Report)]
    [InlineData(MessageOrigin.PostmasterReport)]
    public void Every_origin_comes_back(MessageOrigin origin) =>
        Assert.Equal(origin, ReadBack(new Ledger(Id, null, Time, []) { Origin = origin }).Origin);

    [Theory]
    [InlineData(null)]
    [InlineData(Notify.Never)]
    [InlineData(Notify.Success | Notify.Failure | Notify.Delay)]
    public void Every_wish_for_reports_comes_back(Notify? notify) => Assert.Equal(notify, ReadBack(new Ledger(
        Id, null, Time, [new LedgerDestination("x.test", DestinationState.Due, [Sample.Recipient("a@x.test") with { Notify = notify }])]))
        .Destinations[0].Recipients[0].Notify);

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\0\t\"<>")]
    [InlineData("Ärger \U0001F600")]
    public void Whatever_a_peer_said_comes_back(string said) => Assert.Equal((said, said), SayBack(said));

    [Fact]
    public void A_text_whose_last_character_its_limit_cut_in_two_can_be_kept() =>
        Assert.Equal(new string('a', DeliveryTrouble.MaxTextLength - 1) + '\ufffd', SayBack(new string('a', DeliveryTrouble.MaxTextLength - 1) + "\U0001F600").Text);

    [Fact]
    public void The_least_that_is_a_ledger_can_be_read()
    {
        var ledger = Assert.IsType<LedgerReading.Found>(Interpret(Encoding.ASCII.GetBytes(
            $$"""{"v":1,"id":"{{Id}}","destinations":[{"name":"x.test","state":"due","recipients":[{"address":"a@x.test"}]}]}"""))).Ledger;

        Assert.Equal((null, Id.Time, MessageOrigin.Client, 0), (ledger.ReversePath, ledger.StoredAt, ledger.Origin, ledger.LastReport));
        Assert.Equal(Sample.Recipient("a@x.test"), Assert.Single(ledger.Destinations[0].Recipients));
        Assert.Equal((0, default, null, false), (
            ledger.Destinations[0].Attempts, ledger.Destinations[0].NextAttempt, ledger.Destinations[0].Claim, ledger.Destinations[0].WarnedOfDelay));
        Assert.Empty(ledger.Owed);
    }

    [Fact]
    public void A_ledger_cut_anywhere_is_damaged()
    {
        var whole = LedgerJson.Write(Full());
        for (var length = 0; length < whole.Length; length++)
            Assert.IsType<LedgerReading.Damaged>(Interpret(whole[..length]));
    }

    [Fact]
    public void A_ledger_with_any_octet_changed_is_read_or_told_to_be_damaged()
    {
        var whole = LedgerJson.Write(Full());
        foreach (var value in "\0\"\\{[,:0Z \u00ff"u8.ToArray())
        {
            for (var at = 0; at < whole.Length; at++)
            {
                byte[] changed = [.. whole[..at], value, .. whole[(at + 1)..]];
                Assert.NotNull(Interpret(changed));
            }
        }
    }

    [Fact]
    public void A_ledger_with_any_value_replaced_is_read_or_told_to_be_damaged()
    {
        var whole = Encoding.UTF8.GetString(LedgerJson.Write(Full()));
        var values = System.Text.RegularExpressions.Regex.Matches(whole, "(?<=:)(\"[^\"]*\"|\\d+|true)");
        Assert.True(values.Count > 30);
        foreach (System.Text.RegularExpressions.Match value in values)
        {
            foreach (var other in (string[])["null", "{}", "[]", "[null]", "-1", "1e99", "\"\"", "\"\\ud800\"", "\"9999-12-31T23:59:59-23:59\""])
                Assert.NotNull(Interpret(Encoding.UTF8.GetBytes(whole[..value.Index] + other + whole[(value.Index + value.Length)..])));
        }
    }

    [Theory]
    [InlineData("\"destinations\":[null]", "empty entry")]
    [InlineData("\"destinations\":[{\"name\":\"\",\"state\":\"due\"}]", "without name")]
    [InlineData("\"destinations\":[{\"name\":\"x\",\"state\":\"due\",\"recipients\":[null]}]", "empty entry")]
    [InlineData("\"destinations\":[{\"name\":\"x\",\"state\":\"due\",\"recipients\":[{}]}]", "not an address")]
    [InlineData("\"destinations\":[{\"name\":\"x\",\"state\":\"due\",\"recipients\":[{\"address\":\"a@x\",\"notify\":\"SOMETIMES\"}]}]", "NOTIFY")]
    [InlineData("\"destinations\":[{\"name\":\"x\",\"state\":\"due\",\"claim\":\"n\"}]", "claim without end")]
    [InlineData("\"destinations\":[{\"name\":\"x\",\"state\":\"due\",\"lastTrouble\":{\"text\":\"t\"}}]", "without status")]
    [InlineData("\"destinations\":[],\"origin\":\"elsewhere\"", "origin")]
    [InlineData("\"destinations\":[],\"owed\":[null]", "empty entry")]
    [InlineData("\"destinations\":[],\"owed\":[{\"number\":1,\"kind\":\"failed\"}],\"lastReport\":1", "without time")]
    [InlineData("\"destinations\":[],\"owed\":[{\"number\":1,\"kind\":\"odd\",\"recordedAt\":\"2026-03-01T12:00:00Z\"}],\"lastReport\":1", "unknown kind")]
    [InlineData("\"destinations\":[],\"owed\":[{\"number\":2,\"kind\":\"failed\",\"recordedAt\":\"2026-03-01T12:00:00Z\"}],\"lastReport\":1", "never given")]
    [InlineData("\"destinations\":[],\"owed\":[{\"number\":0,\"kind\":\"failed\",\"recordedAt\":\"2026-03-01T12:00:00Z\"}],\"lastReport\":1", "never given")]
    public void Damage_is_told_with_its_reason(string fields, string reason) => Assert.Contains(
        reason, Assert.IsType<LedgerReading.Damaged>(Interpret(Encoding.ASCII.GetBytes($$"""{"v":1,"id":"{{Id}}",{{fields}}}"""))).Reason,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Another_versions_ledger_is_told_as_that_whatever_else_it_says(int version) => Assert.Equal(
        new LedgerReading.UnknownVersion(version), Interpret(Encoding.ASCII.GetBytes($$"""{"v":{{version}},"id":7,"destinations":"any"}""")));

    private static LedgerReading Interpret(byte[] content) => BlobLedger.Interpret(content, "tag", Id);

    private static (string? Text, string? Host) SayBack(string said)
    {
        var destination = new LedgerDestination("x.test", DestinationState.Due, []) { LastTrouble = new DeliveryTrouble(new DeliveryStatus(4, 0, 0), 451, said, said, Time) };

        var trouble = ReadBack(new Ledger(Id, null, Time, [destination])).Destinations[0].LastTrouble;

        return (trouble?.Text, trouble?.RemoteHost);
    }

    // Records compare their lists by reference.
    private static Ledger Bare(Ledger ledger) => ledger with { Destinations = NoRows, Owed = NoReports };

    private static LedgerDestination Bare(LedgerDestination destination) => destination with { Recipients = NoRecipients };

    private static OwedReport Bare(OwedReport report) => report with { Recipients = NobodyReported };

    private static Ledger ReadBack(Ledger ledger) => Assert.IsType<LedgerReading.Found>(Interpret(LedgerJson.Write(ledger))).Ledger;

    private static Ledger Full()
    {
        var trouble = new DeliveryTrouble(new DeliveryStatus(4, 2, 1), 450, "\"busy\"\r\n", "mx.x.test", Time);
        var ours = new DeliveryTrouble(new DeliveryStatus(5, 4, 7), null, "too old", null, Time.AddSeconds(1));
        var (to, from) = (EmailAddress.Parse("\"a b\"@x.test"), EmailAddress.Parse("Team@example.test"));
        return new Ledger(
            Id, EmailAddress.Parse("From@example.test"), Time,
            [
                new LedgerDestination(
                    "x.test", DestinationState.Due, [new LedgerRecipient(to, from, trouble) { Notify = Notify.Failure, Named = new("rfc822", "x;y@z.test") }, new LedgerRecipient(to, to)])
                {
                    Attempts = 7, NextAttempt = Time.AddMinutes(5), LastTrouble = ours, WarnedOfDelay = true,
                    Claim = new DestinationClaim("0123", Time.AddSeconds(90)),
                },
                new LedgerDestination("[IPv6:2001:db8::1]", DestinationState.Held, [Sample.Recipient("b@x.test")]) { NextAttempt = Time.AddMinutes(1) },
            ])
        {
            Origin = MessageOrigin.Report,
            Return = ReturnRequest.Full,
            EnvelopeId = "QQ 1",
            MayComeAgain = true,
            LastReport = 9,
            Owed =
            [
                new OwedReport(3, ReportKind.Delayed, Time, [new ReportedRecipient(to, from, trouble)]),
                new OwedReport(8, ReportKind.Failed, Time.AddHours(1), [new ReportedRecipient(to, to, ours), new ReportedRecipient(from, from, trouble)]),
                new OwedReport(9, ReportKind.Delivered, Time.AddHours(2), [
                    new ReportedRecipient(to, from, trouble) { Named = new("rfc822", "a@b.test"), Success = SuccessAction.Expanded },
                    new ReportedRecipient(to, to, trouble) { Success = SuccessAction.Delivered }, new ReportedRecipient(to, from, trouble)]),
            ],
        };
    }
}
