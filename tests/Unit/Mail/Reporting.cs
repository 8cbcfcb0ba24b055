// Rows of events and who is told of them; the value of NOTIFY.
using MailFunctions.Mail;

namespace MailFunctions.Unit.Mail;

public sealed class Reporting
{
    private static readonly EmailAddress Sender = EmailAddress.Parse("bob@far.test");

    [Theory]
    // no NOTIFY: failures and delays
    [InlineData(ReportKind.Failed, true, MessageOrigin.Client, null, "Sender")]
    [InlineData(ReportKind.Delayed, true, MessageOrigin.Client, null, "Sender")]
    [InlineData(ReportKind.Delivered, true, MessageOrigin.Client, null, "Nobody")]
    // NOTIFY
    [InlineData(ReportKind.Failed, true, MessageOrigin.Client, Notify.Never, "Nobody")]
    [InlineData(ReportKind.Delayed, true, MessageOrigin.Client, Notify.Never, "Nobody")]
    [InlineData(ReportKind.Delivered, true, MessageOrigin.Client, Notify.Never, "Nobody")]
    [InlineData(ReportKind.Failed, true, MessageOrigin.Client, Notify.Failure, "Sender")]
    [InlineData(ReportKind.Delayed, true, MessageOrigin.Client, Notify.Failure, "Nobody")]
    [InlineData(ReportKind.Failed, true, MessageOrigin.Client, Notify.Delay, "Nobody")]
    [InlineData(ReportKind.Delayed, true, MessageOrigin.Client, Notify.Delay, "Sender")]
    [InlineData(ReportKind.Delivered, true, MessageOrigin.Client, Notify.Success, "Sender")]
    [InlineData(ReportKind.Failed, true, MessageOrigin.Client, Notify.Success, "Nobody")]
    [InlineData(ReportKind.Delivered, true, MessageOrigin.Client, Notify.Success | Notify.Failure, "Sender")]
    // the null reverse-path is never answered, whatever NOTIFY says
    [InlineData(ReportKind.Failed, false, MessageOrigin.Client, null, "Nobody")]
    [InlineData(ReportKind.Failed, false, MessageOrigin.Client, Notify.Failure, "Nobody")]
    [InlineData(ReportKind.Delayed, false, MessageOrigin.Client, Notify.Delay, "Nobody")]
    [InlineData(ReportKind.Delivered, false, MessageOrigin.Client, Notify.Success, "Nobody")]
    // a report of ours that fails goes to a postmaster, once, and there it ends
    [InlineData(ReportKind.Failed, false, MessageOrigin.Report, null, "Postmaster")]
    [InlineData(ReportKind.Failed, false, MessageOrigin.Report, Notify.Never, "Postmaster")]
    [InlineData(ReportKind.Delayed, false, MessageOrigin.Report, null, "Nobody")]
    [InlineData(ReportKind.Delivered, false, MessageOrigin.Report, Notify.Success, "Nobody")]
    [InlineData(ReportKind.Failed, false, MessageOrigin.PostmasterReport, null, "Nobody")]
    [InlineData(ReportKind.Failed, true, MessageOrigin.PostmasterReport, null, "Nobody")]
    [InlineData(ReportKind.Delayed, false, MessageOrigin.PostmasterReport, null, "Nobody")]
    public void Everybody_is_told_what_is_his_to_know(ReportKind kind, bool hasSender, MessageOrigin origin, Notify? notify, string expected)
    {
        var addressee = ReportPolicy.Decide(kind, hasSender ? Sender : null, origin, notify);
        Assert.Equal(expected, addressee.GetType().Name);
        if (addressee is ReportAddressee.Sender sender)
            Assert.Equal(Sender, sender.ReversePath);
    }

    [Theory]
    [InlineData("NEVER", Notify.Never)]
    [InlineData("never", Notify.Never)]
    [InlineData("SUCCESS", Notify.Success)]
    [InlineData("Failure,DELAY", Notify.Failure | Notify.Delay)]
    [InlineData("SUCCESS,FAILURE,DELAY", Notify.Success | Notify.Failure | Notify.Delay)]
    public void Notify_is_read_and_printed(string text, Notify expected)
    {
        Assert.True(NotifyParameter.TryParse(text, out var notify));
        Assert.Equal(expected, notify);
        Assert.Equal(text.ToUpperInvariant(), NotifyParameter.Print(notify));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("FAILURE,")]
    [InlineData("FAILURE,,DELAY")]
    [InlineData("FAILURE,FAILURE")]
    [InlineData("NEVER,FAILURE")]
    [InlineData("FAILURE,NEVER")]
    [InlineData("FAILURE DELAY")]
    [InlineData("2")]
    public void Other_values_of_notify_are_refused(string text) => Assert.False(NotifyParameter.TryParse(text, out _));
}
