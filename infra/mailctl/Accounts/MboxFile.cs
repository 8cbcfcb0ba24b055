// The file that a mailbox is exported to.
using System.Buffers;
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>
/// An mbox file in the making (RFC 4155; mboxrd quoting). It has a provisional name until it is finished and on disk, so that a file of the final
/// name is always whole; disposing it unfinished leaves nothing. What the file system refuses is an <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal sealed class MboxFile : IAsyncDisposable
{
    private const int BufferLength = 64 * 1024;
    private const string NullSender = "MAILER-DAEMON";

    private readonly string _provisional;
    private readonly FileStream _stream;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly ArrayBufferWriter<byte> _encoded = new(2 * BufferLength);
    private bool _isFinished;

    private MboxFile(string path)
    {
        Path = path;
        _provisional = $"{path}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // it is somebody's mail
        _stream = new FileStream(_provisional, options);
    }

    /// <summary>Its final name.</summary>
    public string Path { get; }

    /// <summary>Begins the file of an account; the folder is made if it is missing, and a file that is there is never touched.</summary>
    public static MboxFile Create(string folder, EmailAddress account)
    {
        // A local part may hold a slash. What a file name may be in doubt about is escaped as in a URL.
        var name = Uri.EscapeDataString(account.ToString()).Replace("%40", "@", StringComparison.Ordinal);
        return CreateAt(System.IO.Path.Combine(folder, $"{name}.mbox"));
    }

    /// <summary>Begins a file; its folder is made if it is missing, and a file that is there is never touched.</summary>
    public static MboxFile CreateAt(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path))
            throw new IOException($"{path} exists already: give another name.");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return new MboxFile(path);
    }

    /// <summary>Appends a message.</summary>
    /// <param name="deliveredAt">When it was delivered.</param>
    /// <param name="message">Its octets; it must throw rather than end early.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AppendAsync(DateTimeOffset deliveredAt, Stream message, CancellationToken cancellationToken)
    {
        var count = await message.ReadAtLeastAsync(_buffer, BufferLength, throwOnEndOfStream: false, cancellationToken);
        _encoded.ResetWrittenCount();
        _encoded.Write(Encoding.ASCII.GetBytes(Separator(ReadSender(_buffer.AsSpan(0, count)), deliveredAt)));
        var encoder = new MboxrdEncoder();
        while (count > 0)
        {
            encoder.Write(_buffer.AsSpan(0, count), _encoded);
            await _stream.WriteAsync(_encoded.WrittenMemory, cancellationToken);
            _encoded.ResetWrittenCount();
            count = await message.ReadAtLeastAsync(_buffer, BufferLength, throwOnEndOfStream: false, cancellationToken);
        }
        encoder.End(_encoded);
        await _stream.WriteAsync(_encoded.WrittenMemory, cancellationToken);
    }

    /// <summary>Brings the file to disk and gives it its name.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _stream.FlushAsync(cancellationToken);
        _stream.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        File.Move(_provisional, Path, overwrite: false);
        _isFinished = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        if (!_isFinished)
            File.Delete(_provisional);
    }

    // RFC 4155 appendix A: "From ", the sender, a space, and the time in UTC as asctime prints it.
    private static string Separator(string sender, DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var day = utc.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
        return string.Create(CultureInfo.InvariantCulture, $"From {sender} {utc:ddd MMM} {day} {utc:HH:mm:ss yyyy}\n");
    }

    // Every copy begins with the Return-Path that delivery put there. A quoted local part may hold a space, which would end the sender early.
    private static string ReadSender(ReadOnlySpan<byte> head)
    {
        var prefix = "Return-Path: <"u8;
        if (!head.StartsWith(prefix))
            return NullSender;
        var rest = head[prefix.Length..];
        var line = rest[..Math.Max(rest.IndexOf("\r\n"u8), 0)];
        if (!line.EndsWith(">"u8) || line.Length == 1 || line.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return NullSender;
        return Encoding.ASCII.GetString(line[..^1]);
    }
}
