// That infra/README.md says what the files do and what the counted transactions cost.
using System.Globalization;
using System.Text.RegularExpressions;
using MailFunctions.Mailctl.Scaling;

namespace MailFunctions.Pipeline.Infra;

public sealed class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(BicepFile.Folder, "README.md"));

    [Fact]
    public void The_price_of_a_million_messages_is_that_of_their_counted_transactions()
    {
        Assert.Contains($"a million local ones are 2 × $5.50 + $0.44 + 3 × $0.40 = **{Million(MessageCalls.Local)}**", Document, StringComparison.Ordinal);
        Assert.Contains($"a million relayed ones 3 × $5.50 + 3 × $0.44 + 6 × $0.40 = **{Million(MessageCalls.Relayed)}**", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_variable_that_the_parameters_file_asks_azd_for_is_in_the_document_and_every_one_there_is_asked_for()
    {
        var asked = Variables(File.ReadAllText(Path.Combine(BicepFile.Folder, "main.parameters.json"))).ToHashSet();
        var table = Regex.Matches(Document, @"^\| (`MAIL_.*?) \|", RegexOptions.Multiline).SelectMany(row =>
        {
            var names = Regex.Matches(row.Groups[1].Value, "`([A-Z_]+)`").Select(match => match.Groups[1].Value).ToList();
            return names.Select(name => name[0] == '_' ? names[0] + name : name);
        });

        Assert.Equal(asked.Order(StringComparer.Ordinal), table.Order(StringComparer.Ordinal));
        // Whatever the text tells to set is asked for, and what it tells to get is an output.
        Assert.Empty(Regex.Matches(Document, "azd env set ([A-Z_]+)").Select(match => match.Groups[1].Value).Except(asked));
        Assert.Empty(Regex.Matches(Document, "azd env get-value ([A-Z_]+)").Select(match => match.Groups[1].Value).Except(BicepFile.Main.Outputs.Keys));
    }

    [Fact]
    public void What_was_never_tried_is_said_first()
    {
        Assert.StartsWith("# On Azure: from nothing to the first mail\n\n**Nothing here has run on live Azure.**", Document, StringComparison.Ordinal);
    }

    private static string Million(IReadOnlyList<string> calls) => calls.Sum(call => call switch
    {
        "Put Blob" => 5.50m,
        "Get Blob" => 0.44m,
        "Delete Blob" => 0m,
        _ => 0.40m,
    }).ToString("'$'0.00", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Variables(string text) => Regex.Matches(text, @"\$\{(MAIL_[A-Z_]+)").Select(match => match.Groups[1].Value);
}
