// One line of a POP3 server: a value that verbs return and the session writes.
using System.Buffers;
using System.Text;

namespace MailFunctions.Gateway.Pop3;

/// <summary>A status line (RFC 1939 3), with an extended response code where a client can make use of one (RFC 2449 8, RFC 3206).</summary>
internal sealed record Pop3Reply
{
    private Pop3Reply(string text) => Text = text;

    /// <summary>The line without its end.</summary>
    public string Text { get; }

    /// <summary>True for -ERR.</summary>
    public bool IsError => Text.StartsWith('-');

    /// <summary>True if the trouble is ours and not the client's: it is not held against it.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>A positive reply.</summary>
    public static Pop3Reply Ok(string text) => new($"+OK {text}");

    /// <summary>A negative reply to something the client did.</summary>
    public static Pop3Reply Err(string text) => new($"-ERR {text}");

    /// <summary>A negative reply for trouble of ours that passes (RFC 3206 4).</summary>
    public static Pop3Reply Trouble(string text) => new($"-ERR [SYS/TEMP] {text}") { IsOurs = true };

    /// <summary>A challenge of a SASL exchange, in base64 (RFC 5034 4).</summary>
    public static Pop3Reply Challenge(string base64) => new($"+ {base64}");

    /// <summary>Writes the line as it goes over the wire.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        Encoding.ASCII.GetBytes(Text, output);
        output.Write("\r\n"u8);
    }
}
