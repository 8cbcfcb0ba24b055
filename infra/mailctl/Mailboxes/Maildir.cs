// A Maildir folder.
using System.Buffers;
using System.Globalization;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>
/// Messages as files, line ends as LF, as mail programs keep them: written below <c>tmp</c> and moved to <c>new</c>, so that nobody sees half a message. The
/// name is the copy's own, so that what was exported before is known again.
/// </summary>
internal sealed class Maildir(string path)
{
    private const int BlockLength = 64 * 1024;

    private static readonly string[] Folders = ["tmp", "new", "cur"];

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The files that are messages, in order of name.</summary>
    public IEnumerable<string> Messages => Folders.Skip(1).Select(folder => System.IO.Path.Combine(Path, folder)).Where(Directory.Exists)
        .SelectMany(Directory.EnumerateFiles).OrderBy(System.IO.Path.GetFileName, StringComparer.Ordinal);

    /// <summary>Makes its folders.</summary>
    public void Prepare()
    {
        foreach (var folder in Folders)
            Directory.CreateDirectory(System.IO.Path.Combine(Path, folder));
    }

    /// <summary>Whether a copy is there, read or unread.</summary>
    public bool Has(MailboxEntry entry) => File.Exists(NameIn("new", entry))
        || Directory.EnumerateFiles(System.IO.Path.Combine(Path, "cur"), $"*.{entry.Uid}.mailfunctions*").Any();

    /// <summary>Adds a copy.</summary>
    public async Task AddAsync(MailboxEntry entry, Stream message, CancellationToken cancellationToken)
    {
        var provisional = NameIn("tmp", entry);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // it is somebody's mail
        await using (var file = new FileStream(provisional, options))
        {
            var block = new byte[BlockLength];
            var lines = new ArrayBufferWriter<byte>(BlockLength);
            while (await message.ReadAsync(block, cancellationToken) is > 0 and var count)
            {
                lines.ResetWrittenCount();
                foreach (var octet in block.AsSpan(0, count))
                {
                    if (octet != '\r') // our mail has none but before a line feed
                        lines.Write([octet]);
                }
                await file.WriteAsync(lines.WrittenMemory, cancellationToken);
            }
        }
        File.Move(provisional, NameIn("new", entry));
    }

    private string NameIn(string folder, MailboxEntry entry) => System.IO.Path.Combine(
        Path, folder, string.Create(CultureInfo.InvariantCulture, $"{entry.CreatedAt.ToUnixTimeSeconds()}.{entry.Uid}.mailfunctions"));
}
