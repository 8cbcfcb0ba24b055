// Reads command lines from a connection: bounded, ended by CR LF and nothing else.
using System.Buffers;
using System.IO.Pipelines;

namespace MailFunctions.Wire;

/// <summary>What was read.</summary>
public enum LineStatus
{
    /// <summary>A line, its CR LF taken off.</summary>
    Line,

    /// <summary>A line longer than the limit; it was read to its end and thrown away.</summary>
    TooLong,

    /// <summary>A line ended by a bare LF. The peer does not speak the protocol, or somebody speaks through it: the session should end.</summary>
    BareLineFeed,

    /// <summary>A line with a bare CR or a NUL inside.</summary>
    BadCharacter,

    /// <summary>The peer has closed its side.</summary>
    End,
}

/// <summary>A line as read.</summary>
/// <param name="Status">What it is.</param>
/// <param name="Octets">The line without its end, for <see cref="LineStatus.Line"/> only; valid until the next read.</param>
public readonly record struct Line(LineStatus Status, ReadOnlyMemory<byte> Octets);

/// <summary>
/// Reads lines from a pipe without ever taking more from it than the lines it returns, so that whatever follows (message content, a TLS handshake)
/// can be read by somebody else. Never holds more than one line of the permitted length.
/// </summary>
public sealed class LineReader(PipeReader input)
{
    private byte[] _line = new byte[128];
    private bool _discarding;
    private byte _lastDiscarded;

    /// <summary>Takes the next line if the whole of it has arrived.</summary>
    /// <param name="limit">The most octets that a line may have, its CR LF included.</param>
    /// <param name="line">The line.</param>
    /// <returns>False if more must arrive first: the moment to flush replies.</returns>
    public bool TryRead(int limit, out Line line)
    {
        if (!input.TryRead(out var result))
        {
            line = default;
            return false;
        }
        return TryTake(result, limit, out line);
    }

    /// <summary>Waits for the next line.</summary>
    /// <param name="limit">The most octets that a line may have, its CR LF included.</param>
    /// <param name="cancellationToken">Ends the wait by an <see cref="OperationCanceledException"/>; nothing is lost.</param>
    public async ValueTask<Line> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var result = await input.ReadAsync(cancellationToken);
            if (TryTake(result, limit, out var line))
                return line;
        }
    }

    /// <summary>Whether some of the next line has come and been looked at already.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Waits for the first octet of a line of which <see cref="HasBegun"/> says that nothing has come, and leaves it unread.</summary>
    /// <returns>The octet, or -1 if the peer has closed its side.</returns>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        var result = await input.ReadAsync(cancellationToken);
        var first = result.Buffer.IsEmpty ? -1 : result.Buffer.FirstSpan[0];
        input.AdvanceTo(result.Buffer.Start);
        return first;
    }

    /// <summary>Whether the peer has already sent something that nobody has read yet.</summary>
    public bool HasInput()
    {
        if (!input.TryRead(out var result))
            return false;
        var any = !result.Buffer.IsEmpty;
        input.AdvanceTo(result.Buffer.Start);
        return any;
    }

    private bool TryTake(ReadResult result, int limit, out Line line)
    {
        var buffer = result.Buffer;
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return TakeUnfinished(result, limit, out line);

        var next = buffer.GetPosition(1, end);
        var whole = buffer.Slice(0, next);
        if (_discarding || whole.Length > limit)
            line = new Line(OctetBefore(whole) == '\r' ? LineStatus.TooLong : LineStatus.BareLineFeed, default);
        else
            line = Copy(whole);
        _discarding = false;
        HasBegun = false;
        input.AdvanceTo(next);
        return true;
    }

    private bool TakeUnfinished(ReadResult result, int limit, out Line line)
    {
        var buffer = result.Buffer;
        line = new Line(LineStatus.End, default);
        if (result.IsCompleted)
        {
            input.AdvanceTo(buffer.End);
            return true;
        }
        HasBegun = _discarding || !buffer.IsEmpty;
        // Too long already: what has come is thrown away, what comes is too, up to the end of this line.
        _discarding |= buffer.Length > limit;
        if (_discarding && !buffer.IsEmpty)
            _lastDiscarded = buffer.Slice(buffer.Length - 1).FirstSpan[0];
        input.AdvanceTo(_discarding ? buffer.End : buffer.Start, buffer.End);
        return false;
    }

    // What stands before the LF that ends a line; it may have been thrown away already.
    private byte OctetBefore(ReadOnlySequence<byte> whole) => whole.Length > 1 ? whole.Slice(whole.Length - 2).FirstSpan[0] : _lastDiscarded;

    private Line Copy(ReadOnlySequence<byte> whole)
    {
        var length = (int)whole.Length;
        if (_line.Length < length)
            _line = new byte[length];
        whole.CopyTo(_line);
        if (length < 2 || _line[length - 2] != '\r')
            return new Line(LineStatus.BareLineFeed, default);
        var octets = _line.AsMemory(0, length - 2);
        return octets.Span.ContainsAny((byte)'\r', (byte)0) ? new Line(LineStatus.BadCharacter, default) : new Line(LineStatus.Line, octets);
    }
}
