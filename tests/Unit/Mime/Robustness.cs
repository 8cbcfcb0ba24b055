// Every message of every set: no exception, and one reading however the message is cut.
using MailFunctions.Mime.Summaries;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class Robustness
{
    public static TheoryData<string> Sets =>
    [
        "mime-mime4j", "mime-cpython", "mime-mimekit", "mime-stalwart", "mime-flanker", "mime-rubymail", "mime-misc", "spamham-spamassassin", "dsn-sisimai", "reports-stalwart",
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_message_is_read_the_same_however_it_is_cut(string set)
    {
        var count = 0;
        foreach (var path in Files(set))
        {
            count++;
            var octets = File.ReadAllBytes(path);
            var (message, bodies) = Bodies.Read(octets);
            var whole = Bodies.Describe(message, bodies);
            Assert.Equal(octets.Length, message.Octets);
            foreach (var piece in new[] { 1, 2, 3, 7, 64, 1021 })
            {
                var (again, bodiesAgain) = Bodies.Read(octets, piece);
                var cut = Bodies.Describe(again, bodiesAgain);
                Assert.True(whole == cut, $"{path} in pieces of {piece}:\n{whole}\n---\n{cut}");
            }
            foreach (var field in message.Parts.SelectMany(part => part.Header.Fields))
                Assert.NotNull(field.Text);
        }
        Assert.True(count > 5);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_reading_is_within_the_limits_and_the_message(string set)
    {
        foreach (var path in Files(set))
        {
            var octets = File.ReadAllBytes(path);
            var (message, bodies) = Bodies.Read(octets);
            Readings.Check(octets, message, bodies);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_message_has_a_summary(string set)
    {
        foreach (var path in Files(set))
        {
            var reader = new MessageSummaryReader();
            reader.Pass(File.ReadAllBytes(path));
            var summary = reader.Complete();
            Assert.True(summary.Preview.Length <= MessageSummary.PreviewLength);
            foreach (var text in summary.Attachments.Select(one => one.Name).Append(summary.Subject).Append(summary.Preview))
                Assert.False(text is not null && text.AsSpan().ContainsAny('\r', '\n', '\0'), path);
        }
    }

    internal static IEnumerable<string> Files(string set) => Directory.EnumerateFiles(Testdata.Require(set), "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".msg" or ".eml" or ".txt" or "" && Path.GetFileName(path) is not ("README.txt" or "LICENSE.txt"))
        .Order(StringComparer.Ordinal);
}
