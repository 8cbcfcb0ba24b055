// The book that long runs keep of their mail finds what it is there to find.
using MailFunctions.Rig;

namespace MailFunctions.Unit;

public sealed class DeliveriesTests
{
    // Of message "m" to "a" and "far": = answered 250, ? not answered, + fetched from a, - deleted, > received at far, ! a reason to send it again;
    // the digit is the spool id. What follows the colon: lost, duplicated, unexpected, recovered, repeated.
    [Theory]
    [InlineData("=1 +1 -1 >1", 0, 0, 0, 0, 0)]
    [InlineData("=1 +1 >1", 0, 0, 0, 0, 0)]
    [InlineData("=1 >1", 1, 0, 0, 0, 0)]
    [InlineData("=1 +1", 1, 0, 0, 0, 0)]
    [InlineData("=1", 2, 0, 0, 0, 0)]
    [InlineData("?", 0, 0, 0, 0, 0)]
    [InlineData("? +1 >1", 0, 0, 0, 1, 0)]
    [InlineData("? +1 >1 =2 +2 >2", 0, 0, 0, 1, 0)]
    [InlineData("? =2 +1 >1", 2, 0, 0, 1, 0)]
    [InlineData("? =2 +1 +2 +3 >2", 0, 1, 0, 2, 0)]
    [InlineData("=1 +1 +2 >1", 0, 1, 0, 1, 0)]
    [InlineData("=1 +1 +1 -1 >1", 0, 0, 0, 0, 0)]
    [InlineData("=1 +1 -1 +1 >1", 0, 1, 0, 0, 0)]
    [InlineData("=1 +1 >1 >1", 0, 1, 0, 0, 1)]
    [InlineData("=1 +1 >1 !1 >1", 0, 0, 0, 0, 1)]
    [InlineData("=1 +1 >1 !1 >1 >1", 0, 1, 0, 0, 2)]
    [InlineData("=1 +1 !1", 1, 0, 0, 0, 0)]
    public void What_is_lost_or_there_twice_is_told(string events, int lost, int duplicated, int unexpected, int recovered, int repeated)
    {
        var deliveries = new Deliveries();
        deliveries.Offer("m", "a", "far");
        foreach (var step in events.Split(' '))
            Play(deliveries, step[0], step[1..]);

        var verdict = deliveries.Judge();

        Assert.Equal(
            (lost, duplicated, unexpected, recovered, repeated),
            (verdict.Lost.Count, verdict.Duplicated.Count, verdict.Unexpected.Count, verdict.Recovered, verdict.Repeated));
        Assert.Equal(lost + duplicated + unexpected == 0, verdict.IsGood);
    }

    [Fact]
    public void Reasons_that_are_known_afterwards_count_as_well()
    {
        var deliveries = new Deliveries();
        deliveries.Offer("m", "far");
        foreach (var step in new[] { "=1", ">1", ">1", ">1" })
            Play(deliveries, step[0], step[1..]);

        Assert.Single(deliveries.Judge(spoolId => spoolId == "1" ? 1 : 0).Duplicated);
        Assert.True(deliveries.Judge(_ => 2).IsGood);
    }

    [Theory]
    [InlineData("b", "m")] // not its recipient
    [InlineData("a", "n")] // nobody's message
    public void What_nobody_sent_is_unexpected(string recipient, string id)
    {
        var deliveries = new Deliveries();
        deliveries.Offer("m", "a");
        deliveries.Fetched(recipient, "1", id);

        Assert.Single(deliveries.Judge().Unexpected);
    }

    [Fact]
    public void Two_messages_under_one_name_are_unexpected()
    {
        var deliveries = new Deliveries();
        deliveries.Offer("m", "a");
        deliveries.Offer("n", "a");
        deliveries.Doubted("m");
        deliveries.Fetched("a", "1", "m");
        deliveries.Fetched("a", "1", "n");

        Assert.Single(deliveries.Judge().Unexpected);
    }

    private static void Play(Deliveries deliveries, char step, string spoolId)
    {
        switch (step)
        {
            case '=':
                deliveries.Answered("m", spoolId);
                break;
            case '?':
                deliveries.Doubted("m");
                break;
            case '+':
                deliveries.Fetched("a", spoolId, "m");
                break;
            case '-':
                deliveries.Deleted("a", spoolId);
                break;
            case '>':
                deliveries.Received("far", spoolId, "m");
                break;
            default:
                deliveries.Excused("far", spoolId, "m");
                break;
        }
    }
}
