// Files with secrets in the data folder.
namespace MailFunctions.Local;

/// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
internal static class OwnFile
{
    /// <summary>Puts the text in the file's place.</summary>
    public static void Replace(string path, string text)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(next, options))
            writer.Write(text);
        File.Move(next, path, overwrite: true);
    }
}
