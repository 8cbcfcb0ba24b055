// Tells a client of ours from one of another protocol that was tricked into talking to us.
using System.Text;

namespace MailFunctions.Gateway.Connections;

/// <summary>
/// What a browser sends that was made to send a form to our port (cross-protocol request forgery, ALPACA): a request line and fields, and then a body whose
/// lines could be commands. Asked of lines that are no command; Postfix hangs up on the same (smtpd_forbidden_commands).
/// </summary>
internal static class ForeignProtocol
{
    private static readonly string[] HttpMethods = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE "];

    /// <summary>Whether a line is a request, a field of one (<c>Host: x</c>), or begins with what no command begins with.</summary>
    public static bool Speaks(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] is (byte)' ' or (byte)'\t')
            return false; // an idle key or a clumsy human
        if (!char.IsAsciiLetter((char)line[0]))
            return true;
        var name = line.IndexOfAny((byte)' ', (byte)':');
        if (name >= 0 && line[name] == ':')
            return true;
        foreach (var method in HttpMethods)
        {
            if (line.Length >= method.Length && Ascii.EqualsIgnoreCase(line[..method.Length], method))
                return true;
        }
        return false;
    }
}
