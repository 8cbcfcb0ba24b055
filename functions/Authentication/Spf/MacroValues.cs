// What the macros of records stand for, in one check.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailFunctions.Authentication.Spf;

/// <summary>The values of RFC 7208 7.2 that stay the same as long as a check goes on.</summary>
/// <param name="Client">The client's address, IPv4 or true IPv6.</param>
/// <param name="LocalPart">The sender's local part; <c>postmaster</c> if it has none (4.3).</param>
/// <param name="SenderDomain">The sender's domain.</param>
/// <param name="Helo">What the client said in HELO or EHLO.</param>
/// <param name="Receiver">The host that checks.</param>
/// <param name="Now">The time of the check.</param>
internal sealed record MacroValues(IPAddress Client, string LocalPart, string SenderDomain, string Helo, string Receiver, DateTimeOffset Now)
{
    /// <summary>The value of a macro in the record of a domain.</summary>
    /// <param name="macro">The macro.</param>
    /// <param name="domain">The domain whose record it is.</param>
    /// <param name="name">The client's name, if the text asked for it.</param>
    public string Of(Macro macro, string domain, string? name) => macro.Letter switch
    {
        's' => $"{LocalPart}@{SenderDomain}",
        'l' => LocalPart,
        'o' => SenderDomain,
        'd' => domain,
        'i' => Dotted(),
        'p' => name ?? "unknown",
        'v' => Client.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'h' => Helo,
        'c' => Client.ToString(),
        'r' => Receiver,
        't' => Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    // RFC 7208 7.3: an IPv6 address is its 32 nibbles.
    private string Dotted()
    {
        if (Client.AddressFamily == AddressFamily.InterNetwork)
            return Client.ToString();
        var text = new StringBuilder(63);
        foreach (var octet in Client.GetAddressBytes())
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ".")}{octet >> 4:X}.{octet & 15:X}");
        return text.ToString();
    }
}
