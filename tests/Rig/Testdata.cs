// Test data of other projects, which stand beside this repository and not in it.
namespace MailFunctions.Rig;

/// <summary>Folders of <c>../shared/testdata</c>, as seen from the repository; whoever has them gets more tests.</summary>
public static class Testdata
{
    /// <summary>The path of a folder; skips the test, by name, where it is missing.</summary>
    public static string Require(string folder)
    {
        var path = Path.GetFullPath(Path.Combine(AzuriteServer.RepositoryRoot, "..", "shared", "testdata", folder));
        Assert.SkipUnless(Directory.Exists(path), $"The test data {folder} are not at {path}.");
        return path;
    }
}
