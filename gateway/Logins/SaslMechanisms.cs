// The SASL mechanisms that are offered.
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Gateway.Logins;

/// <summary>The one table of mechanisms, the strongest first: some clients take the first that they know.</summary>
internal static class SaslMechanisms
{
    private const int MaxNameLength = 1_024;
    private const int NonceOctets = 18;

    /// <summary>As listed behind AUTH in SMTP, and behind SASL in POP3.</summary>
    public static string List(SaslChannel channel) =>
        channel.ListsBinding ? "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN" : "SCRAM-SHA-256 PLAIN LOGIN";

    /// <summary>Begins an exchange; null for a mechanism that is not offered.</summary>
    /// <param name="mechanism">Its name in capitals.</param>
    /// <param name="channel">The connection.</param>
    public static ISaslExchange? Begin(string mechanism, SaslChannel channel) => mechanism switch
    {
        "PLAIN" => new PlainExchange(channel),
        "LOGIN" => new LoginExchange(channel),
        "SCRAM-SHA-256" => new ScramExchange(channel, ScramBinding.None, Nonce()),
        "SCRAM-SHA-256-PLUS" when channel.CanBind => new ScramExchange(channel, ScramBinding.EndPoint, Nonce()),
        _ => null,
    };

    /// <summary>The name in a response, if it is one: UTF-8 without controls.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> octets, out string name)
    {
        name = "";
        if (octets.Length is 0 or > MaxNameLength || !System.Text.Unicode.Utf8.IsValid(octets) || octets.ContainsAnyInRange((byte)0, (byte)0x1f)
            || octets.Contains((byte)0x7f))
            return false;
        name = Encoding.UTF8.GetString(octets);
        return true;
    }

    private static string Nonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceOctets));
}
