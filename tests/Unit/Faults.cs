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

    // The protocol edge.
    private static readonly (string Family, int Count)[] Edge =
        [("SMG", 25), ("TLS", 13), ("INJ", 9), ("RLY", 32), ("ST", 4), ("LIM", 6), ("LP", 8), ("PO", 11), ("AU", 8), ("PA", 1), ("UN", 5)];

    public static TheoryData<string> EdgeAttacks =>
        [.. Edge.SelectMany(family => Enumerable.Range(1, family.Count).Select(number => $"{family.Family}-{number:00}"))];

    // A test, a row of one, or a transcript.
    [Theory]
    [MemberData(nameof(EdgeAttacks))]
    public void A_test_or_a_row_is_named_after_each_attack_on_the_edge(string attack) => Assert.True(IsNamed(attack));

    private static bool IsNamed(string attack) =>
        Rows.Value.Contains(attack) || Names.Value.Any(name => name.Contains(attack.Replace('-', '_'), StringComparison.Ordinal));

    private static readonly Lazy<HashSet<string>> Rows = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Select(line => RowName().Match(line)).Where(name => name.Success).Select(name => name.Groups[1].Value),
        .. Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "tests/Protocol/Pop3/Transcripts")).Select(path => Path.GetFileName(path)[..5]),
    ]);

    private static readonly Lazy<List<string>> Names = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Select(line => TestName().Match(line)).Where(name => name.Success).Select(name => name.Groups[1].Value),
    ]);

    private static readonly Lazy<HashSet<string>> Named =
        new(() => [.. Names.Value.SelectMany(name => name.Split('_')).Where(word => word.Length == 3 && word[0] == 'F')]);

    [GeneratedRegex(@"^ +(?:\{ |\[InlineData\()""([A-Z]+-[0-9]{2})\b")]
    private static partial Regex RowName();

    [GeneratedRegex(@"^    public (?:async Task|Task|void) ([A-Z]+_?[0-9]{2}_\w+)\(")]
    private static partial Regex TestName();
}
