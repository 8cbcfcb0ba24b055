// The table of cases where we read a message of a test set otherwise than its authors do, each with the reason.
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

/// <summary>The rows of LeftOut.tsv beside this file: set, case, reason.</summary>
internal static class LeftOut
{
    /// <summary>The cases of a set, by name.</summary>
    public static Dictionary<string, string> Of(string set) => File
        .ReadLines(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Unit", "Mime", "LeftOut.tsv"))
        .Select(line => line.Split('\t'))
        .Where(row => row.Length == 3 && row[0] == set)
        .ToDictionary(row => row[1], row => row[2], StringComparer.Ordinal);

    /// <summary>Holds that what differs is in the table, and that nothing is in the table that does not differ.</summary>
    public static void Covers(string set, IReadOnlyCollection<string> different, IEnumerable<string> details)
    {
        var known = Of(set);
        var missing = different.Where(name => !known.ContainsKey(name)).Distinct().ToList();
        Assert.True(missing.Count == 0, $"Not in the table: {string.Join(", ", missing)}\n{string.Join('\n', details)}");
        var needless = known.Keys.Except(different).ToList();
        Assert.True(needless.Count == 0, $"In the table, and yet the same: {string.Join(", ", needless)}");
    }
}
