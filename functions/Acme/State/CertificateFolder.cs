// Certificate and account as files of a folder, for a machine without Azure.
using System.Text;

namespace MailFunctions.Acme.State;

/// <summary>
/// Two files. A new one is written beside the old and then takes its place, so that a gateway that looks meanwhile reads one or the other. Only its owner can
/// read a file that is made here; one that replaces another may be read by whom the other could be read by.
/// </summary>
/// <param name="folder">The folder; made on the first write.</param>
public sealed class CertificateFolder(string folder) : ICertificateStore
{
    private const long MaxLength = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public string Place => folder;

    /// <summary>The file of an item.</summary>
    public string PathOf(StoredItem item) => Path.Combine(folder, item == StoredItem.Certificate ? "certificate.pem" : "acme-account.json");

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(StoredItem item, CancellationToken cancellationToken)
    {
        var path = PathOf(item);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            return file.Length <= MaxLength
                ? await File.ReadAllTextAsync(path, cancellationToken)
                : throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} has more than {MaxLength} octets");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(StoredItem item, string text, CancellationToken cancellationToken)
    {
        var path = PathOf(item);
        var next = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(folder);
            await WriteAsync(next, text, cancellationToken);
            if (!OperatingSystem.IsWindows() && File.Exists(path))
                File.SetUnixFileMode(next, File.GetUnixFileMode(path));
            File.Move(next, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AcmeException(AcmeTroubleKind.StateUnusable, $"{path} cannot be written: {error.Message}", error);
        }
        finally
        {
            File.Delete(next);
        }
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly; // from its first moment
        await using var file = new FileStream(path, options);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        file.Flush(flushToDisk: true);
    }
}
