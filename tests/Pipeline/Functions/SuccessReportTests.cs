// Reports of success: who gets one, when the peer sends it instead, and that whatever fails on the way it is made exactly once.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig.Memory;
using MailFunctions.Rig.Peers;
using static MailFunctions.Pipeline.Functions.RelayRig;

namespace MailFunctions.Pipeline.Functions;

public sealed class SuccessReportTests
{
    private const Notify Success = Notify.Success;

    private static readonly EmailAddress Bob = EmailAddress.Parse("bob@example.test");
    private static readonly EmailAddress Carol = EmailAddress.Parse("carol@example.test");
    private static readonly EmailAddress Far = EmailAddress.Parse("far@one.test");
    private static readonly EmailAddress List = EmailAddress.Parse("list@example.test");

    // name, the recipients, whether the peer offers DSN, and what the reports to Alice say of whom
    public static TheoryData<string, Recipient[], bool, string[]> Rows => new()
    {
        { "local, not asked for", [Local(Bob, null)], false, [] },
        { "local, asked for", [Local(Bob, Success)], false, ["rfc822; bob@example.test delivered"] },
        { "local, asked for failures only", [Local(Bob, Notify.Failure)], false, [] },
        { "local, never", [Local(Bob, Notify.Never)], false, [] },
        { "two local, one asked for", [Local(Bob, Success), Local(Carol, null)], false, ["rfc822; bob@example.test delivered"] },
        { "remote, the peer sends no reports", [Remote(Far, Success)], false, ["rfc822; far@one.test relayed"] },
        { "remote, the peer sends reports", [Remote(Far, Success)], true, [] },
        { "remote, not asked for", [Remote(Far, null)], false, [] },
        { "local and remote", [Local(Bob, Success), Remote(Far, Success)], false, ["rfc822; bob@example.test delivered", "rfc822; far@one.test relayed"] },
        {
            "an address that stands for several",
            [Local(Bob, Success) with { Original = List }, Remote(Far, Success) with { Original = List }], false, ["rfc822; list@example.test expanded"]
        },
        {
            "an address that stands for several here",
            [Local(Bob, Success) with { Original = List }, Local(Carol, Success) with { Original = List }], false, ["rfc822; list@example.test expanded"]
        },
    };

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public async Task A_success_is_reported_to_who_asked_for_it_and_by_one_only(string name, Recipient[] recipients, bool peerReports, string[] reports)
    {
        Assert.NotEmpty(name);
        await PlayAsync(recipients, peerReports, reports, (_, _) => null);
    }

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public async Task F07_F12_whatever_storage_call_fails_on_the_way_a_success_is_reported_once(string name, Recipient[] recipients, bool peerReports, string[] reports)
    {
        Assert.NotEmpty(name);
        var calls = await PlayAsync(recipients, peerReports, reports, (_, _) => null);
        foreach (var moment in Enum.GetValues<FaultMoment>())
        {
            for (var call = 1; call <= calls; call++)
                await PlayAsync(recipients, peerReports, reports, (number, _) => number == call ? moment : null);
        }
    }

    [Fact]
    public async Task F09_two_runs_of_the_same_message_report_once()
    {
        await using var rig = new RelayRig();
        var id = Submit(rig, [Local(Bob, Success)]);
        rig.Stores.Queue.GiveBack(WorkQueue.Accepted, new WorkItem { Id = id });
        await rig.RunToRestAsync();
        rig.Stores.Queue.GiveBack(WorkQueue.Accepted, new WorkItem { Id = id });
        rig.Stores.Queue.GiveBack(WorkQueue.Relay, new WorkItem { Id = id, Destination = Ledger.ReportDestination });
        await rig.RunToRestAsync();
        Assert.Single(rig.ReportsTo(Alice));
        Assert.Single(rig.Stores.Mailboxes.CopiesOf(Bob));
    }

    [Fact]
    public async Task A_report_of_success_names_envelope_and_recipient_as_the_sender_did_and_returns_the_header()
    {
        await using var rig = new RelayRig();
        Submit(rig, [Local(Bob, Success) with { Named = new OriginalRecipient("rfc822", "Bobby@old.test") }]);
        await rig.RunToRestAsync();
        var report = Assert.Single(rig.ReportsTo(Alice));
        foreach (var line in (string[])[
            "Original-Envelope-Id: QQ314159\r\n", "Original-Recipient: rfc822; Bobby@old.test\r\n", "Final-Recipient: rfc822; bob@example.test\r\n",
            "Action: delivered\r\n", "Status: 2.0.0\r\n", "Content-Type: text/rfc822-headers", "Subject: x\r\n"])
        {
            Assert.Contains(line, report, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(".one", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(ReturnRequest.Full, true)]
    [InlineData(ReturnRequest.Headers, false)]
    public async Task A_failure_gives_back_what_the_sender_asked_for(ReturnRequest? request, bool isWhole)
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test", new PeerScript().Saying(PeerStage.Rcpt, "550 5.1.1 unknown"));
        Submit(rig, [Remote(Far, null)], request);
        await rig.RunToRestAsync();
        var report = Assert.Single(rig.ReportsTo(Alice));
        Assert.Equal(isWhole, report.Contains("\r\n.one\r\n", StringComparison.Ordinal));
        Assert.Contains("Subject: x\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Original-Envelope-Id: QQ314159\r\n", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Notify.Never, 0)]
    [InlineData(Notify.Success, 0)]
    [InlineData(Notify.Failure, 1)]
    [InlineData(Notify.Failure | Notify.Delay, 2)]
    public async Task F32_of_mail_that_never_arrives_the_sender_hears_what_he_wanted_to(Notify notify, int reports)
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test", new PeerScript().Saying(PeerStage.End, "451 4.3.0 not now"));
        Submit(rig, [Remote(Far, notify)]);
        await rig.RunToRestAsync();
        Assert.Equal(reports, rig.ReportsTo(Alice).Count);
    }

    [Fact]
    public async Task The_wishes_go_with_the_mail_where_they_are_understood()
    {
        await using var rig = new RelayRig();
        var peer = rig.Domain("one.test");
        Submit(rig, [Remote(Far, Success | Notify.Failure) with { Named = new OriginalRecipient("rfc822", "f=r@one.test") }]);
        await rig.RunToRestAsync();
        var message = Assert.Single(peer.Taken);
        Assert.EndsWith(" RET=HDRS ENVID=QQ314159", message.Mail, StringComparison.Ordinal);
        Assert.Equal("TO:<far@one.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;f+3Dr@one.test", Assert.Single(message.Recipients));
    }

    [Fact]
    public async Task Nothing_is_reported_to_the_null_sender_whatever_he_asked_for()
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test", new PeerScript().Without("DSN"));
        Submit(rig, [Local(Bob, Success), Remote(Far, Success)], sender: null);
        await rig.RunToRestAsync();
        Assert.Empty(rig.ReportsTo(Alice));
        Assert.Empty(rig.ReportsTo(Postmaster));
        Assert.Single(rig.Stores.Mailboxes.CopiesOf(Bob));
    }

    private static async Task<int> PlayAsync(Recipient[] recipients, bool peerReports, string[] reports, Func<int, string, FaultMoment?> plan)
    {
        await using var rig = new RelayRig();
        rig.Domain("one.test", peerReports ? new PeerScript() : new PeerScript().Without("DSN"));
        Submit(rig, recipients);
        var calls = 0;
        rig.Stores.Faults.Plan((number, name) => plan(calls = number, name));
        await rig.RunToRestAsync();
        rig.Stores.Faults.Clear();

        var told = rig.ReportsTo(Alice).SelectMany(Told).Order().ToList();
        Assert.Equal(reports.Order(), told);
        foreach (var account in recipients.Where(to => to.IsLocal).Select(to => to.Target))
            Assert.Single(rig.Stores.Mailboxes.CopiesOf(account));
        return calls;
    }

    private static IEnumerable<string> Told(string report)
    {
        var lines = report.Split("\r\n");
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("Action: ", StringComparison.Ordinal))
                yield return $"{lines[i - 1]["Final-Recipient: ".Length..]} {lines[i]["Action: ".Length..]}";
        }
    }

    private static SpoolId Submit(RelayRig rig, Recipient[] recipients, ReturnRequest? request = ReturnRequest.Headers) => Submit(rig, recipients, request, Alice);

    private static SpoolId Submit(RelayRig rig, Recipient[] recipients, EmailAddress? sender) => Submit(rig, recipients, ReturnRequest.Headers, sender);

    private static SpoolId Submit(RelayRig rig, Recipient[] recipients, ReturnRequest? request, EmailAddress? sender)
    {
        var id = SpoolId.New(rig.Stores.Time);
        rig.Stores.Spool.Put(
            PipelineRig.EnvelopeOf(id, []) with { ReversePath = sender, Recipients = recipients, Return = request, EnvelopeId = "QQ314159" }, Content);
        rig.Stores.Queue.GiveBack(WorkQueue.Accepted, new WorkItem { Id = id });
        return id;
    }

    private static Recipient Local(EmailAddress address, Notify? notify) => new() { Target = address, Original = address, IsLocal = true, Notify = notify };

    private static Recipient Remote(EmailAddress address, Notify? notify) => new() { Target = address, Original = address, IsLocal = false, Notify = notify };
}
