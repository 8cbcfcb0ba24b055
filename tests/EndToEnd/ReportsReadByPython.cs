// Reads our delivery reports with Python's email package: a reader that knows nothing of us.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class ReportsReadByPython
{
    private const string Script = """
        import email, email.policy, sys
        message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
        print(message.get_content_type(), message.get_param('report-type'), message['Auto-Submitted'])
        text, status, returned = message.iter_parts()
        for part in (message, text, status, *status.get_payload(), returned):
            for defect in part.defects: print('defect', repr(defect))
            for name, value in part.items():
                for defect in value.defects: print('defect', name, repr(defect))
                if '\r' in value or '\n' in value: print('line break in', name)
        print(text.get_content_type(), status.get_content_type(), returned.get_content_type())
        for group in status.get_payload(): print(*group.keys())
        for group in status.get_payload()[1:]: print(group['Final-Recipient'], group['Action'], group['Status'])
        """;

    [Theory]
    [InlineData("failed", "message/rfc822", "rfc822; bob@far.test failed 5.1.1|rfc822; \"carol c\"@slow.test failed 4.4.1")]
    [InlineData("failed-header-only", "text/rfc822-headers", "rfc822; bob@far.test failed 5.3.4")]
    [InlineData("failed-eight-bit", "message/rfc822", "rfc822; bob@far.test failed 5.1.1")]
    [InlineData("delayed", "text/rfc822-headers", "rfc822; \"carol c\"@slow.test delayed 4.4.1")]
    [InlineData("delivered", "text/rfc822-headers", "rfc822; bob@far.test relayed 2.6.0|rfc822; \"carol c\"@slow.test delivered 2.1.5")]
    [InlineData("postmaster", "message/rfc822", "rfc822; bob@far.test failed 5.1.1")]
    [InlineData("hostile", "message/rfc822", "rfc822; bob@far.test failed 5.1.1")]
    public async Task A_report_is_read_as_three_parts_without_a_defect(string name, string returned, string recipients)
    {
        // The reports that the unit tests hold the writer to.
        var path = Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Unit", "Mime", "Reports", $"{name}.eml");
        var lines = (await Tool.SucceedAsync("python3", ["-c", Script, path])).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = recipients.Split('|');
        Assert.Equal("multipart/report delivery-status auto-replied", lines[0]);
        Assert.Equal($"text/plain message/delivery-status {returned}", lines[1]);
        Assert.Contains("Reporting-MTA Arrival-Date", lines[2], StringComparison.Ordinal);
        Assert.All(lines[3..(3 + rows.Length)], line => Assert.Contains("Final-Recipient Action Status", line, StringComparison.Ordinal));
        Assert.Equal(rows, lines[(3 + rows.Length)..]);
    }
}
