// Judges the message in a file as the gateway would have judged it.
using System.Buffers;
using MailFunctions.Authentication;
using MailFunctions.Mime;

namespace MailFunctions.Mailctl.Authenticate;

/// <summary>Streams a file past what signatures are checked with. Of the message no more than its header is kept.</summary>
internal sealed class FileJudge(SenderJudgement judgement)
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Judges a message.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public async Task<SenderFindings> JudgeAsync(string file, SenderEnvelope envelope, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
        using var digest = new MessageDigest(DigestPurpose.Verify);
        var (header, lineEnds, content) = (new HeaderScan(), new LineEnds(), new ArrayBufferWriter<byte>(BlockLength));
        var block = new byte[BlockLength];
        while (await stream.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            content.ResetWrittenCount();
            lineEnds.Pass(block.AsSpan(0, count), content);
            header.Pass(content.WrittenSpan);
            digest.Pass(content.WrittenSpan);
        }
        digest.Complete();
        return await judgement.JudgeAsync(envelope, digest, header.From, cancellationToken);
    }
}
