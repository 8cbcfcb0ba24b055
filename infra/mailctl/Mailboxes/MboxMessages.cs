// Finds the messages of an mbox file.
using System.Runtime.CompilerServices;

namespace MailFunctions.Mailctl.Mailboxes;

/// <summary>A message in a file: its octets from <paramref name="Start"/> on, without the line that separates it from the one before and the empty one behind it.</summary>
internal readonly record struct MboxMessage(long Start, long Length);

/// <summary>Looks for the lines that begin with <c>From </c> at the start of the file or behind an empty line (RFC 4155).</summary>
internal static class MboxMessages
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Goes over the file once.</summary>
    /// <exception cref="InvalidDataException">It does not begin like an mbox file.</exception>
    public static async IAsyncEnumerable<MboxMessage> FindAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var block = new byte[BlockLength];
        var scan = new Scan();
        while (await file.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            for (var i = 0; i < count; i++)
            {
                if (scan.Take(block[i]) is { } message)
                    yield return message;
            }
            if (!scan.HasBegun && scan.Position >= "From ".Length)
                throw new InvalidDataException("it does not begin with 'From ', as an mbox file does");
        }
        if (scan.Finish() is { } last)
            yield return last;
    }

    private sealed class Scan
    {
        private const int NoMatch = -1;

        private static readonly byte[] Mark = "From "u8.ToArray();

        private long _lineStart;
        private int _matched;            // how much of the mark the line has begun with
        private bool _hasOnlyCr = true;
        private bool _isSeparator;
        private long _emptyBefore = -1;  // where the line before this one began, if it is empty
        private long _messageStart = -1; // behind the last separator

        public long Position { get; private set; }

        public bool HasBegun => _messageStart >= 0 || _isSeparator;

        /// <summary>Takes an octet.</summary>
        /// <returns>The message that ends here, or null.</returns>
        public MboxMessage? Take(byte octet)
        {
            Position++;
            if (octet == '\n')
            {
                if (_isSeparator)
                    _messageStart = Position;
                _emptyBefore = _hasOnlyCr ? _lineStart : -1;
                (_lineStart, _matched, _hasOnlyCr, _isSeparator) = (Position, 0, true, false);
                return null;
            }
            _hasOnlyCr &= octet == '\r';
            if (_matched == NoMatch)
                return null;
            _matched = octet == Mark[_matched] ? _matched + 1 : NoMatch;
            if (_matched != Mark.Length)
                return null;
            _matched = NoMatch;
            _isSeparator = _lineStart == 0 || _emptyBefore >= 0;
            return _isSeparator && _messageStart >= 0 ? Until(_emptyBefore) : null;
        }

        /// <summary>Ends the file.</summary>
        /// <returns>The last message, or null if there is none.</returns>
        public MboxMessage? Finish() =>
            _messageStart < 0 ? null : Until(_emptyBefore >= _messageStart && _lineStart == Position ? _emptyBefore : Position);

        private MboxMessage Until(long end) => new(_messageStart, Math.Max(0, end - _messageStart));
    }
}
