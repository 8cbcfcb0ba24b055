// Holds the catalogue of faults: every one of them is told of by the name of a test.
using System.Text.RegularExpressions;
using MailFunctions.Rig;

namespace MailFunctions.Unit;

public sealed partial class Faults
{
    // Kills, lost answers, stale leases, hostile peers, damaged blobs, wrong clocks: one number each, and more than one test may bear it.
    public static TheoryData<string> Catalogue =>
        new(new[] { 5 }.Concat(Enumerable.Range(7, 14)).Concat(Enumerable.Range(23, 11)).Select(number => $"F{number:00}"));

    [Theory]
    [MemberData(nameof(Catalogue))]
    public void A_test_is_named_after_each_fault(string fault) => Assert.Contains(fault, Named.Value);

    private static readonly Lazy<HashSet<string>> Named = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Select(line => TestName().Match(line)).Where(name => name.Success)
            .SelectMany(name => name.Groups[1].Value.Split('_')).Where(word => word.Length == 3 && word[0] == 'F'),
    ]);

    [GeneratedRegex(@"^    public (?:async Task|Task|void) (F[0-9]{2}_\w+)\(")]
    private static partial Regex TestName();
}
