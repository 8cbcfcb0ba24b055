// The ARC chains of ValiMail's test suite.
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication.Arc;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

public sealed class ForeignChains
{
    // Cases whose expectation is not taken as it stands, and why.
    private static readonly Dictionary<string, (ArcVerdict Verdict, string Why)> Ours = new()
    {
        ["cv_fail_i2_as2_fail"] = (ArcVerdict.Fail, "the suite expects nothing; RFC 8617 5.2 step 2 has a chain fail whose last seal says cv=fail"),
        ["cv_fail_i2_as1_fail"] = (ArcVerdict.Fail, "the suite expects nothing; RFC 8617 5.2 step 3 wants cv=none in the first seal"),
    };

    [Fact]
    public async Task ARC_01_every_chain_of_the_suite_has_its_state_however_it_is_cut()
    {
        using var suite = JsonDocument.Parse(File.ReadAllText(Path.Combine(Testdata.Require("arc-suite"), "arc-draft-validation-tests.json")));
        var scenarios = suite.RootElement.ValueKind == JsonValueKind.Array ? suite.RootElement : suite.RootElement.GetProperty("scenarios");
        var wrong = new List<string>();
        var cases = 0;
        foreach (var scenario in scenarios.EnumerateArray())
        {
            var zones = Messages.Zones(scenario.GetProperty("txt-records"));
            foreach (var test in scenario.GetProperty("tests").EnumerateObject())
            {
                cases++;
                var word = test.Value.GetProperty("cv").GetString();
                var expected = Ours.TryGetValue(test.Name, out var ours) ? ours.Verdict : Enum.Parse<ArcVerdict>(word is null or "" ? "None" : word, ignoreCase: true);
                var message = Messages.Lines(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(test.Value.GetProperty("message").GetString() ?? "")));
                foreach (var cut in new[] { 0, message.Length / 3, message.Length })
                {
                    var result = await Messages.ValidateAsync(message, zones, cut);
                    if (result.Verdict != expected)
                        wrong.Add($"{test.Name}: {result.Verdict} ({result.Reason}) and not {expected}");
                }
            }
        }
        Assert.Empty(wrong);
        Assert.True(cases > 80);
    }
}
