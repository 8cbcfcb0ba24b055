// Holds the catalogues of faults and attacks: every one of them is told of by the name of a test.
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

    // Hostile name servers and zones, and mail that goes in circles.
    public static TheoryData<string> Attacks =>
    [
        .. Enumerable.Range(1, 9).Select(number => $"DN_{number:00}"),
        .. Enumerable.Range(1, 15).Except([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).Select(number => $"SSRF_{number:00}"), // those between are rows of 01
        .. Enumerable.Range(1, 8).Except([2]).Select(number => $"LP_{number:00}"),
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void A_test_is_named_after_each_attack(string attack) => Assert.Contains(Names.Value, name => name.Contains(attack, StringComparison.Ordinal));

    private static readonly Lazy<List<string>> Names = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Select(line => TestName().Match(line)).Where(name => name.Success).Select(name => name.Groups[1].Value),
    ]);

    private static readonly Lazy<HashSet<string>> Named =
        new(() => [.. Names.Value.SelectMany(name => name.Split('_')).Where(word => word.Length == 3 && word[0] == 'F')]);

    [GeneratedRegex(@"^    public (?:async Task|Task|void) ([A-Z]+_?[0-9]{2}_\w+)\(")]
    private static partial Regex TestName();
}
