// The Received: field that this system puts on top of every message it accepts.
using System.Globalization;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>What a <c>Received:</c> field tells (RFC 5321 4.4): who gave us the message, how, under which id, and when.</summary>
/// <param name="Helo">The name the client gave for itself: printable ASCII without spaces, checked by the command parser.</param>
/// <param name="ClientAddress">The client's address, or null where it is not known.</param>
/// <param name="By">Our own host name.</param>
/// <param name="Protocol">The protocol keyword: SMTP, ESMTP, ESMTPS, ESMTPA or ESMTPSA (RFC 3848), or one of UTF8SMTP (RFC 6531 4.3).</param>
/// <param name="Id">The message's spool id.</param>
/// <param name="For">The recipient, only if there is exactly one: naming one of several would tell him about a blind copy.</param>
/// <param name="Time">When the data arrived, UTC.</param>
public sealed record ReceivedTrace(
    string Helo, System.Net.IPAddress? ClientAddress, string By, string Protocol, SpoolId Id, EmailAddress? For, DateTimeOffset Time)
{
    /// <summary>The field as octets, folded, ending in CR LF.</summary>
    public byte[] ToBytes()
    {
        var field = new StringBuilder("Received: from ").Append(Helo);
        if (ClientAddress is not null)
            field.Append(CultureInfo.InvariantCulture, $" ({Literal(ClientAddress)})");
        field.Append(CultureInfo.InvariantCulture, $"\r\n\tby {By} with {Protocol} id {Id}");
        if (For is { } recipient)
            field.Append(CultureInfo.InvariantCulture, $"\r\n\tfor <{recipient}>");
        field.Append(CultureInfo.InvariantCulture, $";\r\n\t{Time.UtcDateTime:ddd, d MMM yyyy HH:mm:ss} +0000\r\n");
        return Encoding.UTF8.GetBytes(field.ToString()); // of a recipient, if anything (RFC 6531 3.7.3)
    }

    private static string Literal(System.Net.IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[IPv6:{plain}]" : $"[{plain}]";
    }
}
