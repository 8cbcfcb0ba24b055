// A record that a domain is to have.
using System.Text;

namespace MailFunctions.Mailctl.Dns;

/// <summary>A record.</summary>
/// <param name="Name">Its name, without dot at the end.</param>
/// <param name="Type">Its type, like MX.</param>
/// <param name="Data">What it says: as in a zone file, but of a TXT record the text itself.</param>
/// <param name="What">What it is for.</param>
/// <param name="IsNeeded">Whether mail suffers without it.</param>
internal sealed record DnsRecord(string Name, string Type, string Data, string What, bool IsNeeded)
{
    private const int MaxString = 255; // RFC 1035 3.3

    /// <summary>It as a line of a zone file (RFC 1035 5.1).</summary>
    public string ToZoneLine() => $"{Name + '.',-40} {Type,-5} {(Type == "TXT" ? Quote(Data) : Data)}";

    private static string Quote(string text)
    {
        var quoted = new StringBuilder();
        for (var at = 0; at == 0 || at < text.Length; at += MaxString)
        {
            var part = text.Substring(at, Math.Min(MaxString, text.Length - at));
            quoted.Append(at == 0 ? "\"" : " \"")
                .Append(part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }
        return quoted.ToString();
    }
}
