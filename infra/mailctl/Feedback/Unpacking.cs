// Takes reports out of gzip and zip, with bounds: strangers send them.
using System.IO.Compression;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>Unpacks what may be packed.</summary>
internal static class Unpacking
{
    /// <summary>The most octets of a report, packed or not. Whatever is packed to grow beyond that is a bomb.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private const int MaxEntries = 16;

    /// <summary>The document inside: of gzip its content, of zip the first file in it, and anything else as it is.</summary>
    /// <returns>The document, or in words why there is none.</returns>
    public static (byte[]? Document, string? Trouble) Unpack(byte[] content)
    {
        try
        {
            if (content.AsSpan().StartsWith<byte>([0x1f, 0x8b]))
            {
                using var unpacked = new GZipStream(new MemoryStream(content, writable: false), CompressionMode.Decompress);
                return Read(unpacked);
            }
            if (!content.AsSpan().StartsWith("PK\u0003\u0004"u8))
                return (content, null);
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > MaxEntries)
                return (null, "it is packed with too many files");
            if (archive.Entries.FirstOrDefault(entry => entry.Name.Length > 0) is not { } file)
                return (null, "it is packed without a file");
            using var entry = file.Open();
            return Read(entry);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException)
        {
            return (null, "it cannot be unpacked");
        }
    }

    private static (byte[]? Document, string? Trouble) Read(Stream unpacked)
    {
        using var document = new MemoryStream();
        var block = new byte[64 * 1024];
        while (unpacked.Read(block) is > 0 and var count)
        {
            if (document.Length + count > MaxLength)
                return (null, "it grows too large when it is unpacked");
            document.Write(block, 0, count);
        }
        return (document.ToArray(), null);
    }
}
