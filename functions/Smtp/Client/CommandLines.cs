// Prints commands, from parsed values only.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>The lines of MAIL and RCPT with the parameters that the server understands (RFC 5321 4.1.1, RFC 1870, RFC 6152, RFC 6531, RFC 3461).</summary>
internal static class CommandLines
{
    private const int MaxLength = PeerWire.MaxCommandLine - 2;
    private const int MaxEnvelopeId = 100; // RFC 3461 4.4

    /// <summary>MAIL FROM.</summary>
    public static string Mail(OutgoingMessage message, PeerExtensions extensions)
    {
        var line = new StringBuilder($"MAIL FROM:<{message.ReversePath}>");
        if (extensions.Size)
            line.Append(CultureInfo.InvariantCulture, $" SIZE={message.Length}");
        if (message.EightBit)
            line.Append(" BODY=8BITMIME");
        if (message.Utf8)
            line.Append(" SMTPUTF8");
        if (extensions.Dsn && message.Return is { } give)
            AppendIfShort(line, give == ReturnRequest.Full ? " RET=FULL" : " RET=HDRS");
        if (extensions.Dsn && message.EnvelopeId is { Length: > 0 } id && Xtext.Encode(id) is { Length: <= MaxEnvelopeId } encoded)
            AppendIfShort(line, $" ENVID={encoded}");
        return line.ToString();
    }

    /// <summary>RCPT TO.</summary>
    public static string Recipient(OutgoingRecipient recipient, PeerExtensions extensions)
    {
        var line = new StringBuilder($"RCPT TO:<{recipient.Address}>");
        if (extensions.Dsn && recipient.Notify is { } notify)
            AppendIfShort(line, $" NOTIFY={NotifyParameter.Print(notify)}");
        if (extensions.Dsn && recipient.Original is { } original)
            AppendIfShort(line, $" ORCPT={original.AddressType};{Xtext.Encode(original.Address)}");
        return line.ToString();
    }

    // What only concerns reports is no reason for a line that the server may refuse for its length, in octets. The parameters are ASCII.
    private static void AppendIfShort(StringBuilder line, string parameter)
    {
        if (Encoding.UTF8.GetByteCount(line.ToString()) + parameter.Length <= MaxLength)
            line.Append(parameter);
    }
}
