// Reads replies from a stranger: tolerant in form, strict in size.
using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace MailFunctions.Smtp.Client;

/// <summary>What was read.</summary>
internal enum ReplyStatus
{
    /// <summary>A reply.</summary>
    Reply,

    /// <summary>Something that is none, or one of <see cref="ReplyReader.MaxOctets"/> and more.</summary>
    Malformed,

    /// <summary>The connection ended first.</summary>
    End,
}

/// <summary>A reply as read.</summary>
/// <param name="Status">What it is.</param>
/// <param name="Code">The code of all its lines.</param>
/// <param name="Lines">The text of its first <see cref="ReplyReader.MaxLines"/> lines, without codes.</param>
internal readonly record struct RawReply(ReplyStatus Status, int Code, IReadOnlyList<string> Lines);

/// <summary>
/// The grammar of RFC 5321 4.2.1, with what servers in use do to it: a line may end in LF alone, a line may be the code and nothing else, text may be
/// of any octets. Lines of different codes are no reply. Never takes more from the pipe than the replies it returns.
/// </summary>
internal sealed class ReplyReader(PipeReader input)
{
    /// <summary>The most octets of a whole reply.</summary>
    public const int MaxOctets = 65_536;

    /// <summary>The most lines that are kept; more are read and passed over.</summary>
    public const int MaxLines = 100;

    private const int MaxKeptLength = 1_024;

    /// <summary>Waits for the next reply.</summary>
    public async Task<RawReply> ReadAsync(CancellationToken cancellationToken)
    {
        var octets = 0L;
        var code = 0;
        var lines = new List<string>();
        for (; ; )
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                octets += line.Length + 1;
                var isLast = false;
                var isGood = octets <= MaxOctets && TryReadLine(line, ref code, lines, out isLast);
                if (!isGood || isLast)
                {
                    input.AdvanceTo(buffer.Start);
                    return new RawReply(isGood ? ReplyStatus.Reply : ReplyStatus.Malformed, code, lines);
                }
            }
            var isTooLong = octets + buffer.Length > MaxOctets;
            input.AdvanceTo(buffer.Start, buffer.End);
            if (isTooLong || result.IsCompleted)
                return new RawReply(isTooLong ? ReplyStatus.Malformed : ReplyStatus.End, code, lines);
        }
    }

    /// <summary>Whether something has been received that no reply has taken.</summary>
    public bool HasInput()
    {
        if (!input.TryRead(out var result))
            return false;
        var any = !result.Buffer.IsEmpty;
        input.AdvanceTo(result.Buffer.Start);
        return any;
    }

    private static bool TryReadLine(ReadOnlySequence<byte> line, ref int code, List<string> lines, out bool isLast)
    {
        isLast = false;
        var kept = line.Slice(0, Math.Min(line.Length, MaxKeptLength)).ToArray().AsSpan();
        if (kept.EndsWith("\r"u8))
            kept = kept[..^1];
        if (kept.Length < 3 || kept[0] is < (byte)'2' or > (byte)'5' || !char.IsAsciiDigit((char)kept[1]) || !char.IsAsciiDigit((char)kept[2]))
            return false;
        var number = ((kept[0] - '0') * 100) + ((kept[1] - '0') * 10) + kept[2] - '0';
        if (code != 0 && number != code)
            return false;
        code = number;
        isLast = kept.Length == 3 || kept[3] == ' ';
        if (!isLast && kept[3] != '-')
            return false;
        if (lines.Count < MaxLines)
            lines.Add(Encoding.UTF8.GetString(kept.Length == 3 ? [] : kept[4..])); // what is no UTF-8 becomes U+FFFD
        return true;
    }
}
