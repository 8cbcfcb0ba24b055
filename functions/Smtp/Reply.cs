// A reply of an SMTP server: a value that verbs return and the session writes.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace MailFunctions.Smtp;

/// <summary>A reply (RFC 5321 4.2): a code, an enhanced status where RFC 2034 wants one, and one or more lines of ASCII text.</summary>
public sealed record Reply
{
    private const int MaxTextLength = 500; // RFC 5321 4.5.3.1.5: 512 with code and CR LF

    /// <summary>A reply without enhanced status: greeting, EHLO and HELO, 334 and 354.</summary>
    public Reply(int code, params IReadOnlyList<string> lines)
    {
        Code = code;
        Lines = lines;
    }

    /// <summary>A reply with enhanced status.</summary>
    public Reply(int code, EnhancedStatus status, string text)
        : this(code, text) => Status = status;

    /// <summary>The three-digit code.</summary>
    public int Code { get; }

    /// <summary>Subject and detail; the class is the code's first digit.</summary>
    public EnhancedStatus? Status { get; }

    /// <summary>The text, at least one line.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>True for 4xx and 5xx.</summary>
    public bool IsError => Code >= 400;

    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>Writes the reply as it goes over the wire. Anything in the text but printable ASCII becomes a question mark.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        for (var i = 0; i < Lines.Count; i++)
        {
            var line = new StringBuilder(Lines[i].Length + 16);
            line.Append(CultureInfo.InvariantCulture, $"{Code}{(i < Lines.Count - 1 ? '-' : ' ')}");
            if (Status is { } status)
                line.Append(CultureInfo.InvariantCulture, $"{Code / 100}.{status.Subject}.{status.Detail} ");
            foreach (var c in Lines[i].AsSpan(0, Math.Min(Lines[i].Length, MaxTextLength - line.Length)))
                line.Append(c is >= ' ' and <= '~' ? c : '?');
            line.Append("\r\n");
            Encoding.ASCII.GetBytes(line.ToString(), output);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Status is { } status
        ? string.Create(CultureInfo.InvariantCulture, $"{Code} {Code / 100}.{status.Subject}.{status.Detail} {Lines[0]}")
        : string.Create(CultureInfo.InvariantCulture, $"{Code} {Lines[0]}");
}
